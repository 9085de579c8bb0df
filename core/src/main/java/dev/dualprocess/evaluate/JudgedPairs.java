package dev.dualprocess.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files {@code records/NNNN.json} of a run, one for each record that was judged to its end.
 * What is there was not begun but done: each is written under a temporary name and renamed.
 */
final class JudgedPairs {
  private static final ObjectMapper MAPPER =
      JsonOutput.mapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Path folder;

  JudgedPairs(Path run) {
    this.folder = run.resolve("records");
  }

  private Path file(int index) {
    return folder.resolve("%04d.json".formatted(index));
  }

  boolean any() {
    return Files.isDirectory(folder);
  }

  void write(JudgedPair judged) throws IOException {
    Files.createDirectories(folder);
    AtomicFile.writeText(file(judged.index()), MAPPER.writeValueAsString(judged));
  }

  /** What was judged of that record, if it was. */
  Optional<JudgedPair> read(int index) throws IOException {
    Path file = file(index);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(MAPPER.readValue(file.toFile(), JudgedPair.class));
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": not a judged record; delete it to have it judged again", e);
    }
  }

  List<JudgedPair> all(int records) throws IOException {
    List<JudgedPair> all = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      read(i).ifPresent(all::add);
    }
    return all;
  }
}
