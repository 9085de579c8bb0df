package dev.dualprocess.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/**
 * The tensors of one model folder: a single safetensors file, or several with an index. Closing it
 * leaves tensors that were handed out valid.
 */
public final class Checkpoint implements AutoCloseable {
  private static final List<String> BASE_NAMES =
      List.of("diffusion_pytorch_model.safetensors", "model.safetensors");

  private final Path folder;
  private final ImmutableMap<String, SafeTensorsFile> fileOf;

  private Checkpoint(Path folder, Map<String, SafeTensorsFile> fileOf) {
    this.folder = folder;
    this.fileOf = ImmutableMap.copyOf(fileOf);
  }

  /**
   * Opens {@code folder}'s {@code diffusion_pytorch_model} or {@code model} weights. An index wins
   * over a single file, as in diffusers and transformers.
   *
   * @throws CheckpointException if there are none, or a shard is missing, lies outside the folder,
   *     or lacks a tensor that the index promises
   */
  public static Checkpoint open(Path folder) throws IOException {
    Objects.requireNonNull(folder, "folder");
    for (String name : BASE_NAMES) {
      Path index = folder.resolve(name + ".index.json");
      if (Files.isRegularFile(index)) {
        return openSharded(folder, index);
      }
      if (Files.isRegularFile(folder.resolve(name))) {
        return openSingle(folder.resolve(name));
      }
    }
    throw new CheckpointException(
        folder + ": no safetensors weights here; expected " + String.join(" or ", BASE_NAMES));
  }

  /** Opens a single safetensors file, whatever it is called. */
  public static Checkpoint openSingle(Path path) throws IOException {
    SafeTensorsFile file = SafeTensorsFile.open(path);
    Map<String, SafeTensorsFile> fileOf = new LinkedHashMap<>();
    file.names().forEach(name -> fileOf.put(name, file));
    return new Checkpoint(path, fileOf);
  }

  private static Checkpoint openSharded(Path folder, Path index) throws IOException {
    JsonNode weightMap = ConfigFile.read(index).root().path("weight_map");
    if (!weightMap.isObject()) {
      throw new CheckpointException(index + ": no weight_map");
    }
    Map<String, SafeTensorsFile> shards = new LinkedHashMap<>();
    Map<String, SafeTensorsFile> fileOf = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
      String shardName = entry.getValue().asText();
      SafeTensorsFile shard = shards.get(shardName);
      if (shard == null) {
        shard = SafeTensorsFile.open(inside(folder, shardName, index));
        shards.put(shardName, shard);
      }
      if (!shard.names().contains(entry.getKey())) {
        throw new CheckpointException(
            "%s: it says that '%s' is in %s, but it is not"
                .formatted(index, entry.getKey(), shardName));
      }
      fileOf.put(entry.getKey(), shard);
    }
    return new Checkpoint(folder, fileOf);
  }

  /** Only the name is judged: a hub snapshot's files are themselves links to a folder of blobs. */
  private static Path inside(Path folder, String shardName, Path index) throws CheckpointException {
    Path home = folder.toAbsolutePath().normalize();
    Path shard = home.resolve(shardName).normalize();
    if (shardName.isEmpty() || Path.of(shardName).isAbsolute() || !shard.startsWith(home)) {
      throw new CheckpointException(
          index + ": it names '" + shardName + "', which is outside the model directory");
    }
    return shard;
  }

  /** The folder or file this was opened from. */
  public Path path() {
    return folder;
  }

  /** Key to entry of all tensors. */
  public Map<String, TensorEntry> entries() {
    ImmutableMap.Builder<String, TensorEntry> all = ImmutableMap.builder();
    fileOf.forEach((name, file) -> all.put(name, file.entry(name)));
    return all.buildOrThrow();
  }

  /** One tensor, as {@link SafeTensorsFile#tensor}. */
  Tensor tensor(String name) {
    return Objects.requireNonNull(fileOf.get(name), name).tensor(name);
  }

  @Override
  public void close() {
    fileOf.values().forEach(SafeTensorsFile::close);
  }
}
