package dev.dualprocess.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A record of the benchmark: two prompts that differ in one circumstance, and what a correct image
 * of each shows.
 *
 * @param prompt1 short
 * @param prompt2 short
 * @param description1 of a correct image of prompt1, in one line
 * @param description2 of a correct image of prompt2, in one line
 * @param category one of the benchmark's
 * @param likelihood as the record has it
 */
public record PromptPair(
    String prompt1,
    String prompt2,
    String description1,
    String description2,
    String category,
    String likelihood) {
  /** One of the prompts, side 0 or 1. */
  public String prompt(int side) {
    return side == 0 ? prompt1 : prompt2;
  }

  /** One of the descriptions, side 0 or 1. */
  public String description(int side) {
    return side == 0 ? description1 : description2;
  }

  /**
   * Reads one record of a file.
   *
   * @param where for the message
   */
  static PromptPair of(JsonNode json, String where) throws IOException {
    return new PromptPair(
        text(json, "prompt1", where),
        text(json, "prompt2", where),
        text(json, "description1", where),
        text(json, "description2", where),
        json.path("category").asText("").strip(),
        json.path("likelihood").asText(""));
  }

  /** A text, or a list of them; its lines joined by commas. */
  static String text(JsonNode json, String field, String where) throws IOException {
    JsonNode node = json.path(field);
    List<String> parts = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(part -> parts.add(part.asText("")));
    } else {
      parts.add(node.asText(""));
    }
    String joined =
        parts.stream()
            .flatMap(String::lines)
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .collect(Collectors.joining(", "));
    if (joined.isEmpty()) {
      throw new IOException(where + ": no '" + field + "'");
    }
    return joined;
  }
}
