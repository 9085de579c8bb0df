package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.config.WholeCharacters;
import java.util.Map;

/** {@code vocab} as an object: the id of each token. */
final class TokenIds {
  static final int LONGEST = 1000; // characters of a token with a part to play

  private TokenIds() {}

  static void read(Copy copy) {
    Part vocab = copy.from().at("vocab").object();
    if (vocab.value().isEmpty()) {
      throw vocab.broken("is empty");
    }
    for (Map.Entry<String, JsonNode> token : vocab.value().properties()) {
      if (WholeCharacters.half(token.getKey()) >= 0) {
        throw vocab.broken("has a token with half of a character, '%s'".formatted(token.getKey()));
      }
      if (!isId(token.getValue())) {
        new Part(vocab.place() + ".'" + token.getKey() + "'", token.getValue()).number(Ids.MOST);
      }
    }
    copy.node().set("vocab", vocab.value());
  }

  private static boolean isId(JsonNode id) {
    return id.isInt() && id.intValue() >= 0 && id.intValue() <= Ids.MOST;
  }

  /** That the token a field names is one of the vocabulary. */
  static void has(Copy copy, String field) {
    String token = copy.node().path(field).asText();
    if (!copy.node().path("vocab").has(token)) {
      throw copy.from().at(field).broken("is '%s', which vocab does not have".formatted(token));
    }
  }
}
