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

/** Reads the records of a benchmark: a JSON array, or an object a line. */
final class Records {
  private static final List<String> BUNDLED = List.of(PromptPairs.SAMPLE, TextToShow.GENEVAL);
  private static final long MOST_BYTES = 10_000_000; // the benchmarks have a hundredth of it

  private Records() {}

  /** What a record says. */
  @FunctionalInterface
  interface Reader<T> {
    /** Reads one; {@code where} it stands is for messages. */
    T read(JsonNode json, String where) throws IOException;
  }

  /**
   * Those of a file, or bundled ones by their name.
   *
   * @throws IOException in one line, if it cannot be read or a record lacks something
   */
  static <T> List<T> read(String named, Reader<T> reader) throws IOException {
    if (BUNDLED.contains(named)) {
      String text =
          Resources.toString(
              Resources.getResource(Records.class, named + ".jsonl"), StandardCharsets.UTF_8);
      return parse(text, named, reader);
    }
    if (named.isBlank()) {
      throw new IllegalArgumentException(
          "the records have no name: give a file, or '"
              + PromptPairs.SAMPLE
              + "' for the bundled ones");
    }
    Path file = UserPath.of(named);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          MissingFile.line(file) + "; '" + PromptPairs.SAMPLE + "' names the bundled records");
    }
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException(
          "%s: %d bytes, more than the %d that records may have"
              .formatted(file, Files.size(file), MOST_BYTES));
    }
    return parse(text(file), named, reader);
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

  static <T> List<T> parse(String text, String named, Reader<T> reader) throws IOException {
    List<T> records = new ArrayList<>();
    try (MappingIterator<JsonNode> values =
        new ObjectMapper().readerFor(JsonNode.class).readValues(text)) {
      // An array is walked into, so that both forms come out the same.
      while (values.hasNext()) {
        String where = "%s, record %d".formatted(named, records.size() + 1);
        records.add(reader.read(values.next(), where));
      }
    } catch (JsonProcessingException e) {
      throw new IOException(named + ": broken JSON: " + JsonProblem.ofText(e), e);
    } catch (RuntimeException e) {
      throw new IOException(named + ": broken JSON after record " + records.size(), e);
    }
    if (records.isEmpty()) {
      throw new IOException(named + ": no records");
    }
    return records;
  }
}
