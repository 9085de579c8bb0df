package dev.dualprocess.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.evaluate.JudgedPair.Side;
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
    String broken = file + ": not a judged record; delete it to have it judged again";
    try {
      JudgedPair read = MAPPER.readValue(file.toFile(), JudgedPair.class);
      if (read == null || read.index() != index || !isWhole(read)) {
        throw new IOException(broken);
      }
      return Optional.of(read);
    } catch (JsonProcessingException e) {
      throw new IOException(broken, e);
    }
  }

  private static boolean isWhole(JudgedPair read) {
    return read.pair() != null
        && read.pair().category() != null
        && read.asked() != null
        && read.rows().stream().allMatch(row -> row.row() != null && isWhole(row.sides()));
  }

  /** Both prompts' images, equally many, with a verdict to either description. */
  private static boolean isWhole(List<Side> sides) {
    return sides.size() == 2
        && !sides.get(0).images().isEmpty()
        && sides.get(0).images().size() == sides.get(1).images().size()
        && sides.stream()
            .flatMap(side -> side.images().stream())
            .allMatch(image -> image.file() != null && image.verdicts().size() == 2);
  }

  List<JudgedPair> all(int records) throws IOException {
    List<JudgedPair> all = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      read(i).ifPresent(all::add);
    }
    return all;
  }
}
