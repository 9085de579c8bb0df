package dev.dualprocess.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.io.Resources;
import dev.dualprocess.config.FileProblem;
import dev.dualprocess.config.JsonProblem;
import dev.dualprocess.config.MissingFile;
import dev.dualprocess.config.UserPath;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the benchmark's records, CommonsenseT2I's format: a JSON array, or an object a line. */
public final class PromptPairs {
  /** The name by which users ask for the project's own records. */
  public static final String SAMPLE = "sample";

  private static final String SAMPLE_FILE = "sample.jsonl";

  private static final long MOST_BYTES = 10_000_000; // the benchmark has a hundredth of it

  private PromptPairs() {}

  /**
   * Those of a file, or the project's own by the name {@value #SAMPLE}.
   *
   * @throws IOException in one line, if it cannot be read or a record lacks something
   */
  public static List<PromptPair> read(String named) throws IOException {
    if (named.equals(SAMPLE)) {
      return parse(
          Resources.toString(
              Resources.getResource(PromptPairs.class, SAMPLE_FILE), StandardCharsets.UTF_8),
          SAMPLE);
    }
    if (named.isBlank()) {
      throw new IllegalArgumentException(
          "the records have no name: give a file, or '" + SAMPLE + "' for the bundled ones");
    }
    Path file = UserPath.of(named);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          MissingFile.line(file) + "; '" + SAMPLE + "' names the bundled records");
    }
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException(
          "%s: %d bytes, more than the %d that records may have"
              .formatted(file, Files.size(file), MOST_BYTES));
    }
    return parse(text(file), named);
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": not a text in UTF-8", e);
    } catch (IOException e) {
      throw new IOException(file + ": cannot be read: " + FileProblem.reason(e, file), e);
    }
  }

  static List<PromptPair> parse(String text, String named) throws IOException {
    List<PromptPair> pairs = new ArrayList<>();
    try (MappingIterator<JsonNode> values =
        new ObjectMapper().readerFor(JsonNode.class).readValues(text)) {
      // An array is walked into, so that both forms come out the same.
      while (values.hasNext()) {
        String where = "%s, record %d".formatted(named, pairs.size() + 1);
        pairs.add(PromptPair.of(values.next(), where));
      }
    } catch (JsonProcessingException e) {
      throw new IOException(named + ": broken JSON: " + JsonProblem.ofText(e), e);
    } catch (RuntimeException e) {
      throw new IOException(named + ": broken JSON after record " + pairs.size(), e);
    }
    if (pairs.isEmpty()) {
      throw new IOException(named + ": no records");
    }
    return pairs;
  }
}
