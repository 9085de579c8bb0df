package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.text.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Gemma's tokenizer against that of Hugging Face. */
class SanaTokenizerTest {
  @Test
  void idsAreThoseOfHuggingFace() throws IOException {
    JsonNode json = Fixtures.json("tokenizers/gemma.json");
    int maxLength = json.path("max_length").asInt();
    try (Tokenizer tokenizer = Tokenizer.open(Fixtures.path(json.path("tokenizer_dir").asText()))) {
      assertEquals(json.path("pad_token_id").asLong(), tokenizer.padId());
      assertTrue(json.path("cases").size() > 0, "no cases");
      for (JsonNode c : json.path("cases")) {
        String text = c.path("text").asText();
        long[] ids = Fixtures.longs(c.path("ids"));
        assertArrayEquals(ids, tokenizer.encode(text), text);
        assertArrayEquals(orSame(c.path("ids_no_special"), ids), tokenizer.encodePlain(text), text);
        long[] cut = orSame(c.path("ids_truncated"), ids);
        assertArrayEquals(cut, tokenizer.encodeTruncated(text, maxLength), text);
        long[] padded = Arrays.copyOf(cut, maxLength);
        Arrays.fill(padded, cut.length, maxLength, tokenizer.padId());
        assertArrayEquals(padded, tokenizer.encodePadded(text, maxLength), text);
      }
    }
  }

  private static long[] orSame(JsonNode given, long[] ids) {
    return given.isArray() ? Fixtures.longs(given) : ids;
  }
}
