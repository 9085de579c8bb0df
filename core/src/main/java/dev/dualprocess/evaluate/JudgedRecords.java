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
import java.util.function.Predicate;

/**
 * The files {@code records/NNNN.json} of a run, one for each record that was judged to its end.
 * What is there was not begun but done: each is written under a temporary name and renamed.
 *
 * @param <J> what a file holds
 */
public final class JudgedRecords<J extends Judged> {
  private static final ObjectMapper MAPPER =
      JsonOutput.mapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Path folder;
  private final Class<J> type;
  private final Predicate<J> whole;

  private JudgedRecords(Path run, Class<J> type, Predicate<J> whole) {
    this.folder = run.resolve("records");
    this.type = type;
    this.whole = whole;
  }

  /** Pairs of prompts, in the folder of a run. */
  public static JudgedRecords<JudgedPair> ofPairs(Path run) {
    return new JudgedRecords<>(run, JudgedPair.class, JudgedPair::isWhole);
  }

  /** Texts that were scored, in the folder of a run. */
  public static JudgedRecords<ScoredText> ofTexts(Path run) {
    return new JudgedRecords<>(run, ScoredText.class, ScoredText::isWhole);
  }

  private Path file(int index) {
    return folder.resolve("%04d.json".formatted(index));
  }

  boolean any() {
    return Files.isDirectory(folder);
  }

  void write(J judged) throws IOException {
    Files.createDirectories(folder);
    AtomicFile.writeText(file(judged.index()), MAPPER.writeValueAsString(judged));
  }

  /** What was judged of that record, if it was. */
  Optional<J> read(int index) throws IOException {
    Path file = file(index);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    String broken = file + ": not a judged record; delete it to have it judged again";
    try {
      J read = MAPPER.readValue(file.toFile(), type);
      if (read == null || read.index() != index || !whole.test(read)) {
        throw new IOException(broken);
      }
      return Optional.of(read);
    } catch (JsonProcessingException e) {
      throw new IOException(broken, e);
    }
  }

  List<J> all(int records) throws IOException {
    List<J> all = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      read(i).ifPresent(all::add);
    }
    return all;
  }
}
