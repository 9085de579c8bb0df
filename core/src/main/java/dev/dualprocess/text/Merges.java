package dev.dualprocess.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.dualprocess.config.Interruption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The merges of a byte pair encoding, a pair a line in the order in which they are tried. */
final class Merges {
  private Merges() {}

  /** Those of {@code merges.txt}, put into {@code list}. */
  static void read(Path folder, ArrayNode list) throws IOException {
    for (String line : lines(folder.resolve("merges.txt"))) {
      if (!line.isBlank() && !line.startsWith("#version")) {
        list.add(line.strip());
      }
    }
  }

  private static List<String> lines(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + ": no such file; vocab.json needs it beside it");
    }
    try {
      return text(file, Files.readAllBytes(file)).lines().toList();
    } catch (ClosedByInterruptException e) {
      throw Interruption.of(file, "read", e);
    }
  }

  private static String text(Path file, byte[] content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    CharBuffer text = CharBuffer.allocate(content.length);
    if (StandardCharsets.UTF_8.newDecoder().decode(bytes, text, true).isError()) {
      throw new IOException(
          "%s: not UTF-8 text at byte %d (line %d): fetch the model again"
              .formatted(file, bytes.position(), line(content, bytes.position())));
    }
    return text.flip().toString();
  }

  private static long line(byte[] content, int end) {
    return 1
        + new String(content, 0, end, StandardCharsets.ISO_8859_1)
            .chars()
            .filter(c -> c == '\n')
            .count();
  }
}
