package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FLUX.1's two tokenizers against those of Hugging Face. */
class FluxTokenizersTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"clip", "t5"})
  void idsAreThoseOfHuggingFace(String name) throws IOException {
    JsonNode json = Fixtures.json("tokenizers/" + name + ".json");
    assertIds(json, Fixtures.path(json.path("tokenizer_dir").asText()));
  }

  @Test
  void clipNeedsNoTokenizerJson() throws IOException {
    JsonNode json = Fixtures.json("tokenizers/clip.json");
    Path given = Fixtures.path(json.path("tokenizer_dir").asText());
    for (String file :
        List.of("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json")) {
      if (Files.exists(given.resolve(file))) {
        Files.copy(given.resolve(file), folder.resolve(file));
      }
    }
    assertIds(json, folder);
  }

  @Test
  void clipGivesTheSameIdsWithTokenizerJson() throws IOException {
    JsonNode json = Fixtures.json("tokenizers/clip.json");
    Path vocabulary = Fixtures.path(json.path("tokenizer_dir").asText()).resolve("vocab.json");
    List<Path> tested = new ArrayList<>();
    for (String variant : FluxFixtures.variants()) {
      Path other = FluxFixtures.pipeline(variant).resolve("tokenizer");
      if (Files.mismatch(vocabulary, other.resolve("vocab.json")) == -1) {
        assertIds(json, other);
        tested.add(other);
      }
    }
    assertTrue(!tested.isEmpty(), "no tokenizer with the vocabulary of the golden ids");
  }

  private static void assertIds(JsonNode json, Path tokenizerFolder) throws IOException {
    int maxLength = json.path("max_length").asInt();
    long pad = json.path("pad_token_id").asLong();
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerFolder)) {
      assertEquals(pad, tokenizer.padId());
      assertTrue(json.path("cases").size() > 0, "no cases");
      for (JsonNode c : json.path("cases")) {
        String text = c.path("text").asText();
        long[] ids = ids(c.path("ids"), null);
        assertArrayEquals(ids, tokenizer.encode(text), text);
        assertArrayEquals(ids(c.path("ids_no_special"), ids), tokenizer.encodePlain(text), text);
        long[] cut = ids(c.path("ids_truncated"), ids);
        assertArrayEquals(cut, tokenizer.encodeTruncated(text, maxLength), text);
        long[] padded = Arrays.copyOf(cut, maxLength);
        Arrays.fill(padded, cut.length, maxLength, pad);
        assertArrayEquals(padded, tokenizer.encodePadded(text, maxLength), text);
      }
    }
  }

  private static long[] ids(JsonNode node, long[] same) {
    if (node.isTextual()) {
      assertEquals("same", node.asText());
      return same;
    }
    long[] ids = new long[node.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = node.path(i).asLong();
    }
    return ids;
  }
}
