package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.text.Tokenizer;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Every string of {@code tokenizers/qwen.json}: the same ids, and the same text back. */
class QwenTokenizerTest {
  private static final JsonNode GOLDEN = Fixtures.json("tokenizers/qwen.json");

  @Test
  void idsAndTextsAreTheSame() throws IOException {
    try (Tokenizer tokenizer =
        Tokenizer.open(Fixtures.path(GOLDEN.get("tokenizer_dir").asText()))) {
      GOLDEN.get("cases").forEach(c -> check(tokenizer, c));
      assertEquals(GOLDEN.get("pad_token_id").asLong(), tokenizer.padId());
    }
  }

  private static void check(Tokenizer tokenizer, JsonNode c) {
    String text = c.get("text").asText();
    long[] ids = QwenFixture.longArray(c.get("ids"));
    assertArrayEquals(ids, tokenizer.encode(text), () -> "ids of " + text);
    assertArrayEquals(
        orSame(c.path("ids_no_special"), ids),
        tokenizer.encodePlain(text),
        () -> "ids_no_special of " + text);
    if (c.has("ids_truncated")) {
      assertArrayEquals(
          orSame(c.get("ids_truncated"), ids),
          tokenizer.encodeTruncated(text, GOLDEN.get("max_length").asInt()),
          () -> "ids_truncated of " + text);
    }
    assertEquals(
        c.get("decoded_skip_special").asText(), tokenizer.decode(ids), () -> "decoded " + text);
  }

  private static long[] orSame(JsonNode given, long[] ids) {
    return given.isArray() ? QwenFixture.longArray(given) : ids;
  }
}
