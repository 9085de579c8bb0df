package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Every field of a config file with every wrong value, cut short at every place. */
public final class BrokenConfigs {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
  private static final List<String> VALUES =
      List.of("\"x\"", "null", "0", "-1", "1e30", "2147483647", "[]", "{}", "[null]", "true");
  private static final List<String> WORDS_OF_THE_READER =
      List.of(
          "java.", "dev.dualprocess", "Jackson", "Deserialization", "StreamRead", "`", "[Source");

  private BrokenConfigs() {}

  /** Reads a config file. */
  @FunctionalInterface
  public interface Reader {
    /** Fails with one line, or does not. */
    void read(Path path) throws IOException;
  }

  /**
   * Asserts that {@code reader} takes every such file or refuses it soon, in one line in words.
   *
   * @param folder where they are written
   */
  public static void assertToldInWords(Path config, Path folder, Reader reader) throws IOException {
    Path broken = folder.resolve("broken.json");
    JsonNode root = MAPPER.readTree(config.toFile());
    List<JsonPointer> fields = new ArrayList<>();
    collect(root, JsonPointer.empty(), fields);
    assertFalse(fields.isEmpty());
    for (JsonPointer field : fields) {
      for (String value : VALUES) {
        Files.writeString(broken, with(root, field, MAPPER.readTree(value)).toString());
        assertToldInWords(broken, field + " is " + value, reader);
      }
    }
    String text = root.toString();
    for (int length = 0; length < text.length(); length++) {
      Files.writeString(broken, text.substring(0, length));
      assertToldInWords(broken, "cut at " + length, reader);
    }
  }

  private static void collect(JsonNode node, JsonPointer at, List<JsonPointer> all) {
    node.properties()
        .forEach(
            field -> {
              JsonPointer below = at.appendProperty(field.getKey());
              all.add(below);
              collect(field.getValue(), below, all);
            });
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      all.add(at.appendIndex(i));
      collect(node.get(i), at.appendIndex(i), all);
    }
  }

  /** A copy in which a field or an entry has another value. */
  static JsonNode with(JsonNode root, JsonPointer field, JsonNode value) {
    JsonNode changed = root.deepCopy();
    JsonNode parent = changed.at(field.head());
    if (parent instanceof ObjectNode object) {
      object.set(field.last().getMatchingProperty(), value);
    } else {
      ((ArrayNode) parent).set(field.last().getMatchingIndex(), value);
    }
    return changed;
  }

  private static void assertToldInWords(Path broken, String how, Reader reader) {
    String told =
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> refusal(broken, reader), how);
    if (!told.isEmpty()) {
      assertAll(
          how,
          () -> assertEquals(1, told.lines().count(), told),
          () -> assertTrue(told.startsWith(broken + ": "), told),
          () ->
              assertEquals(
                  List.of(), WORDS_OF_THE_READER.stream().filter(told::contains).toList(), told));
    }
  }

  private static String refusal(Path broken, Reader reader) {
    try {
      reader.read(broken);
      return "";
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
