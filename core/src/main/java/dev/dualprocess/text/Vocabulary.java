package dev.dualprocess.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalLong;

/**
 * The ids of single tokens, read from a {@code tokenizer.json}. (Encoding a special token's text
 * does not always give its id: it may stand in the vocabulary without being declared special.)
 *
 * @param root the file's content
 */
record Vocabulary(JsonNode root) {
  /** The id of that very token. */
  OptionalLong idOf(String token) {
    for (JsonNode added : root.path("added_tokens")) {
      if (added.path("content").asText().equals(token)) {
        return OptionalLong.of(added.path("id").asLong());
      }
    }
    JsonNode vocab = root.path("model").path("vocab");
    if (vocab.isObject()) {
      return vocab.has(token) ? OptionalLong.of(vocab.get(token).asLong()) : OptionalLong.empty();
    }
    // Unigram models list [token, score] pairs in the order of their ids.
    for (int id = 0; id < vocab.size(); id++) {
      if (vocab.get(id).path(0).asText().equals(token)) {
        return OptionalLong.of(id);
      }
    }
    return OptionalLong.empty();
  }
}
