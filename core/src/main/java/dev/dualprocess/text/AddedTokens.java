package dev.dualprocess.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The tokens of a tokenizer that were added to its vocabulary, as {@code tokenizer.json} lists
 * them. They stand in {@code added_tokens_decoder} of {@code tokenizer_config.json}, in older saves
 * in {@code added_tokens.json}.
 */
final class AddedTokens {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private AddedTokens() {}

  /** Those of a folder, by their ids. */
  static ArrayNode read(Path folder) throws IOException {
    Map<Long, ObjectNode> tokens = new TreeMap<>();
    Path config = folder.resolve("tokenizer_config.json");
    JsonNode said =
        Files.isRegularFile(config) ? ConfigFile.read(config).root() : MAPPER.createObjectNode();
    for (Map.Entry<String, JsonNode> token : said.path("added_tokens_decoder").properties()) {
      if (token.getKey().matches("\\d{1,9}") && token.getValue() instanceof ObjectNode fields) {
        long id = Long.parseLong(token.getKey());
        tokens.put(id, token(id, "", false).setAll(fields));
      }
    }
    Path older = folder.resolve("added_tokens.json");
    if (tokens.isEmpty() && Files.isRegularFile(older)) {
      Set<String> special = named(said);
      for (Map.Entry<String, JsonNode> token : ConfigFile.read(older).root().properties()) {
        long id = token.getValue().asLong();
        tokens.put(id, token(id, token.getKey(), special.contains(token.getKey())));
      }
    }
    ArrayNode list = MAPPER.createArrayNode();
    tokens.values().forEach(list::add);
    return list;
  }

  /** What tokenizer_config.json gives a part to play. */
  private static Set<String> named(JsonNode said) {
    Set<String> named = new HashSet<>();
    for (Map.Entry<String, JsonNode> field : said.properties()) {
      if (field.getKey().endsWith("_token")) {
        named.add(text(field.getValue()));
      }
    }
    said.path("additional_special_tokens").forEach(token -> named.add(text(token)));
    return named;
  }

  private static String text(JsonNode token) {
    return token.isObject() ? token.path("content").asText() : token.asText();
  }

  /** A token that is found in the text as it was typed. */
  static ObjectNode token(long id, String content, boolean special) {
    return MAPPER
        .createObjectNode()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", special);
  }
}
