package dev.dualprocess.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.MissingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files that an index names. */
final class Shards {
  private final Path folder;
  private final Path index;
  private final Map<String, String> shardOf = new LinkedHashMap<>();
  private final Map<String, Path> shards = new LinkedHashMap<>();

  private Shards(Path folder, Path index) throws IOException {
    this.folder = folder.toAbsolutePath().normalize();
    this.index = index;
    JsonNode weightMap = ConfigFile.read(index).root().path("weight_map");
    if (!weightMap.isObject()) {
      throw new CheckpointException(index + ": no weight_map");
    }
    for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
      String shard = entry.getValue().asText();
      shardOf.put(entry.getKey(), shard);
      if (!shards.containsKey(shard)) {
        shards.put(shard, inside(shard));
      }
    }
  }

  /**
   * Opens all of them: by each tensor's name the file it is in.
   *
   * @throws CheckpointException if a shard is missing, lies outside the folder, or lacks a tensor
   *     that the index promises
   */
  static Map<String, SafeTensorsFile> open(Path folder, Path index) throws IOException {
    Shards shards = new Shards(folder, index);
    shards.requireAll();
    return shards.open();
  }

  private Map<String, SafeTensorsFile> open() throws IOException {
    Map<String, SafeTensorsFile> files = new LinkedHashMap<>();
    for (Map.Entry<String, Path> shard : shards.entrySet()) {
      files.put(shard.getKey(), SafeTensorsFile.open(shard.getValue()));
    }
    Map<String, SafeTensorsFile> fileOf = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : shardOf.entrySet()) {
      SafeTensorsFile file = files.get(entry.getValue());
      if (file == null || !file.names().contains(entry.getKey())) {
        throw new CheckpointException(
            "%s: it says that '%s' is in %s, but it is not"
                .formatted(index, entry.getKey(), entry.getValue()));
      }
      fileOf.put(entry.getKey(), file);
    }
    return fileOf;
  }

  private void requireAll() throws CheckpointException {
    List<String> missing = new ArrayList<>();
    shards.forEach(
        (name, path) -> {
          if (!Files.isRegularFile(path)) {
            missing.add(name);
          }
        });
    if (!missing.isEmpty()) {
      throw new CheckpointException(
          "%s; %d of the %d files that %s names are missing: %s%s"
              .formatted(
                  MissingFile.line(folder.resolve(missing.get(0))),
                  missing.size(),
                  shards.size(),
                  index.getFileName(),
                  AbsentWeights.some(missing),
                  wholeBeside()));
    }
  }

  /** Only the name is judged: a hub snapshot's files are themselves links to a folder of blobs. */
  private Path inside(String shardName) throws CheckpointException {
    Path shard = folder.resolve(shardName).normalize();
    if (shardName.isEmpty() || Path.of(shardName).isAbsolute() || !shard.startsWith(folder)) {
      throw new CheckpointException(
          index + ": it names '" + shardName + "', which is outside the model directory");
    }
    return shard;
  }

  private String wholeBeside() {
    String single = String.valueOf(index.getFileName()).replaceFirst("\\.index.*", "");
    return Files.isRegularFile(folder.resolve(single))
        ? "; to read " + single + " beside it, delete the index"
        : "";
  }
}
