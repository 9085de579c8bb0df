package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/**
 * {@code added_tokens}: texts that are found before anything else is done, some of them in the text
 * as it was typed, some ({@code normalized}) in what the normalizer makes of it.
 */
final class AddedTokenList {
  private static final int MOST = 10_000; // each is compared with all others
  private static final int LONGEST = 1000;

  private AddedTokenList() {}

  static ArrayNode read(Part list, JsonNode normalizer) {
    ArrayNode tokens = JsonNodeFactory.instance.arrayNode();
    if (!list.isThere()) {
      return tokens;
    }
    try (NormalizedTexts texts = new NormalizedTexts(normalizer)) {
      for (Part part : list.entries(MOST)) {
        Copy token = Copy.of(part);
        token.number("id", Ids.MOST).text("content", LONGEST);
        token.flags("single_word", "lstrip", "rstrip", "normalized", "special");
        visible(token, texts);
        tokens.add(token.node());
      }
    }
    return tokens;
  }

  /** A token of nothing would be found everywhere; one of blanks must not reach beyond itself. */
  private static void visible(Copy token, NormalizedTexts texts) {
    String content = token.node().path("content").textValue();
    boolean normalized = token.node().path("normalized").asBoolean();
    if (normalized && texts.isEmpty(content)) {
      throw token.from().at("content").broken("is nothing once it is normalized");
    }
    if (token.node().path("lstrip").asBoolean() && texts.isBlank(content, normalized)) {
      throw token.from().at("lstrip").broken("is true of a token of blanks");
    }
  }
}
