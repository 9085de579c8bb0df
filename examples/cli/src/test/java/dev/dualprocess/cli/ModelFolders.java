package dev.dualprocess.cli;

import dev.dualprocess.testing.CopiedFolder;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.SafeTensorsFile;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Copies of model folders, and ways to break them. */
public final class ModelFolders {
  /** The name that diffusers gives weights. */
  public static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  private ModelFolders() {}

  public static Path generator() {
    return Fixtures.path("tiny-flux-schnell");
  }

  static Path verifier() {
    return Fixtures.path("tiny-qwen25vl");
  }

  /** A copy of the generator whose transformer is one file, whatever it was. */
  public static Path copyOfGenerator(Path target) throws IOException {
    CopiedFolder.of(generator(), target);
    Path transformer = target.resolve("transformer");
    if (!Files.exists(transformer.resolve(WEIGHTS))) {
      join(transformer);
    }
    return target;
  }

  private static void join(Path transformer) throws IOException {
    List<Path> shards;
    try (Stream<Path> list = Files.list(transformer)) {
      shards = list.filter(file -> file.toString().endsWith(".safetensors")).toList();
    }
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Path shard : shards) {
        try (SafeTensorsFile file = SafeTensorsFile.open(shard)) {
          file.names().forEach(name -> tensors.put(name, file.tensor(name).clone()));
        }
        Files.delete(shard);
      }
      Files.delete(transformer.resolve(WEIGHTS + ".index.json"));
      SafeTensorsWriter.write(transformer.resolve(WEIGHTS), tensors, Map.of());
    }
  }

  /** Rewrites a weights file with other tensors. */
  static void rewrite(Path file, BiConsumer<Map<String, Tensor>, SafeTensorsFile> change)
      throws IOException {
    try (SafeTensorsFile weights = SafeTensorsFile.open(file);
        PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      weights.names().forEach(name -> tensors.put(name, weights.tensor(name).clone()));
      change.accept(tensors, weights);
      SafeTensorsWriter.write(file, tensors, Map.of());
    }
  }

  /** Splits a single weights file into two shards with an index. */
  public static void shard(Path transformer, String first, String second) throws IOException {
    Path single = transformer.resolve(WEIGHTS);
    rewrite(
        single,
        (tensors, file) -> {
          List<String> names = List.copyOf(tensors.keySet());
          int half = names.size() / 2;
          try {
            write(transformer.resolve("shard-1.safetensors"), tensors, names.subList(0, half));
            write(
                transformer.resolve("shard-2.safetensors"),
                tensors,
                names.subList(half, names.size()));
            String map =
                names.stream()
                    .map(
                        name ->
                            "\"%s\": \"%s\""
                                .formatted(name, names.indexOf(name) < half ? first : second))
                    .collect(Collectors.joining(", "));
            Files.writeString(
                transformer.resolve(WEIGHTS + ".index.json"), "{\"weight_map\": {" + map + "}}");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    Files.delete(single);
  }

  private static void write(Path file, Map<String, Tensor> all, List<String> names)
      throws IOException {
    Map<String, Tensor> some = new LinkedHashMap<>();
    names.forEach(name -> some.put(name, all.get(name)));
    SafeTensorsWriter.write(file, some, Map.of());
  }

  /** Cuts the last bytes off a file. */
  static void truncate(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 100);
    }
  }

  /** Makes a file claim a header of that length. */
  static void claimHeader(Path file, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(bytes.putLong(length).flip(), 0);
    }
  }
}
