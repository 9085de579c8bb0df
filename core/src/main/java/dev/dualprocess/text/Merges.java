package dev.dualprocess.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.dualprocess.config.Interruption;
import java.io.IOException;
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
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (ClosedByInterruptException e) {
      throw Interruption.of(file, "read", e);
    }
  }
}
