package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;

/** The golden strings of a tokenizer: the same ids, and the same text back. */
public final class TokenizerCases {
  private TokenizerCases() {}

  /** Asserts every case of {@code tokenizers/name.json}. */
  public static void assertAll(String name) throws IOException {
    assertAll(Fixtures.json("tokenizers/" + name + ".json"));
  }

  /** Asserts every case of a file of golden strings. */
  public static void assertAll(JsonNode golden) throws IOException {
    assertAll(golden, Fixtures.path(golden.get("tokenizer_dir").asText()));
  }

  /** Asserts every case of {@code tokenizers/name.json} of the tokenizer in another folder. */
  public static void assertAll(String name, Path folder) throws IOException {
    assertAll(Fixtures.json("tokenizers/" + name + ".json"), folder);
  }

  private static void assertAll(JsonNode golden, Path folder) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      golden.get("cases").forEach(c -> check(tokenizer, c, golden.path("max_length").asInt()));
      assertEquals(golden.get("pad_token_id").asLong(), tokenizer.padId());
    }
  }

  private static void check(Tokenizer tokenizer, JsonNode c, int maxLength) {
    String text = c.get("text").asText();
    long[] ids = Fixtures.longs(c.get("ids"));
    assertArrayEquals(ids, tokenizer.encode(text), () -> "ids of " + text);
    assertArrayEquals(
        orSame(c.path("ids_no_special"), ids),
        tokenizer.encodePlain(text),
        () -> "ids_no_special of " + text);
    if (c.has("ids_truncated")) {
      assertArrayEquals(
          orSame(c.get("ids_truncated"), ids),
          tokenizer.encodeTruncated(text, maxLength),
          () -> "ids_truncated of " + text);
    }
    if (c.has("decoded_skip_special")) {
      assertEquals(
          c.get("decoded_skip_special").asText(), tokenizer.decode(ids), () -> "decoded " + text);
    }
  }

  private static long[] orSame(JsonNode given, long[] ids) {
    return given.isArray() ? Fixtures.longs(given) : ids;
  }
}
