package dev.dualprocess.weights;

import dev.dualprocess.config.LfsPointer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Files under the name of safetensors that are something else, known by how they begin. */
final class Impostor {
  private static final String GGUF = "GGUF";
  private static final String ZIP = "PK\u0003\u0004";

  private Impostor() {}

  /** Refuses a file that begins with those bytes, if it is one. */
  static void refuse(Path path, byte[] start) throws CheckpointException {
    Optional<String> line = line(path, start);
    if (line.isPresent()) {
      throw new CheckpointException(line.get());
    }
  }

  private static Optional<String> line(Path path, byte[] start) {
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (LfsPointer.begins(start)) {
      return Optional.of(LfsPointer.line(path));
    }
    if (text.startsWith(GGUF)) {
      return Optional.of(QuantizedFormat.line(path, QuantizedFormat.GGUF));
    }
    if (text.startsWith(ZIP)) {
      return Optional.of(
          path
              + ": not a safetensors file but a pickled one, which is not read: load it in Python"
              + " and write it with safetensors.torch.save_file");
    }
    return Optional.empty();
  }
}
