package dev.dualprocess.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.CharConversionException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A model's JSON file. Records take its fields by one rule, snake_case to camelCase: a primitive
 * component must be in the file, a reference component may be absent and is then null, unknown
 * fields are ignored.
 *
 * @param path where it was read from, for messages
 * @param root its content
 */
public record ConfigFile(Path path, JsonNode root) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .configure(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, true)
          // The hub's scheduler files contain the bare token -Infinity.
          .configure(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS.mappedFeature(), true)
          .build();

  /** For files that people write: nothing may be said twice or stand behind the end. */
  private static final JsonMapper STRICT =
      MAPPER
          .rebuild()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final long MOST_BYTES = 1 << 20; // the index of a large model has a fifth
  private static final long MOST_OF_TOKENIZER = 1 << 27; // the largest have a quarter

  /**
   * Reads a file whole.
   *
   * @throws IOException in one line, if it is missing, unreadable, larger than any that is meant,
   *     or not JSON
   */
  public static ConfigFile read(Path path) throws IOException {
    boolean large = path.getFileName().toString().startsWith("tokenizer");
    return read(path, MAPPER, large ? MOST_OF_TOKENIZER : MOST_BYTES);
  }

  /**
   * Reads a file that a person wrote: a field that is there twice or text behind the end is a
   * mistake.
   *
   * @param mostBytes a larger file is refused
   * @throws IOException as {@link #read}
   */
  public static ConfigFile readStrictly(Path path, long mostBytes) throws IOException {
    return read(path, STRICT, mostBytes);
  }

  private static ConfigFile read(Path path, JsonMapper mapper, long mostBytes) throws IOException {
    Objects.requireNonNull(path, "path");
    if (!Files.isRegularFile(path)) {
      throw new IOException(MissingFile.line(path));
    }
    if (Files.size(path) > mostBytes) {
      throw new IOException(
          "%s: %d bytes, more than the %d that such a file may have"
              .formatted(path, Files.size(path), mostBytes));
    }
    // Not through a channel, which an interrupt would close: providers look here for whose it is.
    try (InputStream in = new FileInputStream(path.toFile())) {
      byte[] content = bytes(path, in);
      if (LfsPointer.begins(content)) {
        throw new IOException(LfsPointer.line(path));
      }
      JsonNode root = mapper.readTree(content);
      if (!root.isObject()) {
        throw new IOException(path + ": not a JSON object");
      }
      return new ConfigFile(path, root);
    } catch (JsonProcessingException e) {
      throw new IOException(path + ": not valid JSON: " + JsonProblem.ofText(e), e);
    } catch (CharConversionException e) {
      throw new IOException(path + ": not valid JSON: not a text", e);
    }
  }

  private static byte[] bytes(Path path, InputStream in) throws IOException {
    try {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IOException(path + ": cannot be read: " + FileProblem.reason(e, path), e);
    }
  }

  /** Whether {@code path} is a JSON file in which {@code field} is that text. */
  public static boolean says(Path path, String field, String text) {
    try {
      return read(path).text(field).equals(text);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * This file's fields as a record.
   *
   * @throws IOException in one line, if a field is missing, of the wrong type, or refused by the
   *     record
   */
  public <T extends Record> T as(Class<T> type) throws IOException {
    return as(root, type);
  }

  /** One object inside this file as a record, by the rule of {@link #as(Class)}. */
  public <T extends Record> T as(JsonNode node, Class<T> type) throws IOException {
    try {
      return MAPPER.treeToValue(node, type);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IOException(path + ": " + JsonProblem.ofFields(node, e), e);
    }
  }

  /** The text of a field, or the empty string where it is absent. */
  public String text(String field) {
    return root.path(field).asText("");
  }
}
