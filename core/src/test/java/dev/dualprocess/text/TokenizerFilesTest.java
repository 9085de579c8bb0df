package dev.dualprocess.text;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.TokenizerCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokenizers of folders without {@code tokenizer.json}. */
class TokenizerFilesTest {
  private static final String CURE =
      "put the tokenizer.json of the same repository beside it, or let transformers write it:"
          + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)";

  @TempDir Path folder;

  /** The files of the golden cases' tokenizer. */
  private void copy(String cases, String... files) throws IOException {
    Path given =
        Fixtures.path(Fixtures.json("tokenizers/" + cases + ".json").get("tokenizer_dir").asText());
    for (String file : files) {
      Files.copy(given.resolve(file), folder.resolve(file));
    }
  }

  private ObjectNode config() {
    return (ObjectNode) Fixtures.json(folder.resolve("tokenizer_config.json"));
  }

  private void write(String file, ObjectNode json) throws IOException {
    Files.writeString(folder.resolve(file), json.toString());
  }

  @Test
  void qwenNeedsItsVocabularyAndMerges() throws IOException {
    copy("qwen", "vocab.json", "merges.txt", "tokenizer_config.json");
    TokenizerCases.assertAll("qwen", folder);
    write("tokenizer_config.json", config().put("tokenizer_class", "Qwen2TokenizerFast"));
    TokenizerCases.assertAll("qwen", folder);
  }

  /** What transformers before 4.34 left. */
  @Test
  void qwensAddedTokensMayStandInTheirOwnFile() throws IOException {
    copy("qwen", "vocab.json", "merges.txt", "tokenizer_config.json");
    ObjectNode config = config();
    ObjectNode added = JsonMapper.builder().build().createObjectNode();
    config
        .path("added_tokens_decoder")
        .properties()
        .forEach(t -> added.put(t.getValue().get("content").asText(), Long.parseLong(t.getKey())));
    config.remove("added_tokens_decoder");
    write("tokenizer_config.json", config);
    write("added_tokens.json", added);
    TokenizerCases.assertAll("qwen", folder);
  }

  @Test
  void t5NeedsItsPieces() throws IOException {
    copy("t5", "spiece.model", "tokenizer_config.json");
    TokenizerCases.assertAll("t5", folder);
    ObjectNode config = config();
    config.remove(List.of("added_tokens_decoder", "extra_ids", "tokenizer_class"));
    write("tokenizer_config.json", config);
    TokenizerCases.assertAll("t5", folder);
  }

  @Test
  void otherClassesAreRefusedByTheirName() throws IOException {
    copy("qwen", "vocab.json", "merges.txt");
    write("tokenizer_config.json", object().put("tokenizer_class", "GPT2Tokenizer"));
    refused(
        folder.resolve("vocab.json")
            + ": vocab.json and merges.txt of a GPT2Tokenizer are not read; "
            + CURE);
    Files.delete(folder.resolve("vocab.json"));
    copy("t5", "spiece.model");
    Path gemma = folder.resolve("tokenizer.model");
    Files.move(folder.resolve("spiece.model"), gemma);
    write("tokenizer_config.json", object().put("tokenizer_class", "GemmaTokenizerFast"));
    refused(
        gemma
            + ": a SentencePiece model of a GemmaTokenizer is not read without tokenizer.json; "
            + CURE);
    Files.delete(folder.resolve("tokenizer_config.json"));
    refused(gemma + ": a SentencePiece model is not read without tokenizer.json; " + CURE);
  }

  @Test
  void brokenFilesAreNamed() throws IOException {
    refused(folder + ": no tokenizer.json here, nor vocab.json and merges.txt");
    Path pieces = folder.resolve("spiece.model");
    Files.writeString(pieces, "version https://git-lfs.github.com/spec/v1\n");
    refused(pieces + ": not a SentencePiece model: ");
    Files.write(pieces, new byte[0]);
    refused(pieces + ": not a SentencePiece model: it has no pieces");
    byte[] bytes = {0x0a, 0x20, 0x0a, 0x05};
    Files.write(pieces, bytes);
    refused(pieces + ": not a SentencePiece model: field 1 claims 32 bytes, 2 are left");
    Files.delete(pieces);
    copy("qwen", "vocab.json", "tokenizer_config.json");
    refused(folder.resolve("merges.txt") + ": no such file; vocab.json needs it beside it");
  }

  private static ObjectNode object() {
    return JsonMapper.builder().build().createObjectNode();
  }

  private void refused(String told) {
    assertRefused(IOException.class, () -> Tokenizer.open(folder).close(), told);
  }

  private void refusedToPad(String told) {
    String message =
        assertThrows(IOException.class, () -> Tokenizer.openPadding(folder).close()).getMessage();
    assertEquals(told, message);
  }

  /** CLIP's, as in FLUX.1's tokenizer/. */
  @Test
  void aTokenizerThatPadsNeedsItsPadToken() throws IOException {
    copy("clip", "vocab.json", "merges.txt", "tokenizer_config.json");
    Tokenizer.openPadding(folder).close();
    String cure = "put the file there, or fetch the model again with `dualprocess models get ID`";
    write("tokenizer_config.json", config().put("pad_token", "[ELSE]"));
    refusedToPad(folder + ": no pad token: the vocabulary here does not have '[ELSE]'; " + cure);
    write("tokenizer_config.json", object());
    refusedToPad(folder + ": no pad token: tokenizer_config.json is without pad_token; " + cure);
    Path config = folder.resolve("tokenizer_config.json");
    Files.delete(config);
    String missing = folder + ": no pad token: tokenizer_config.json is missing here; " + cure;
    refusedToPad(missing);
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertRefused(IllegalStateException.class, () -> tokenizer.encodePadded("a", 77), missing);
    }
    Files.createSymbolicLink(config, Path.of("gone"));
    refusedToPad(config + ": no such file: a broken link, since gone is not there: " + cure);
  }

  /** Offsets count code points, of the text as it was typed. */
  @Test
  void whatIsCutOffIsToldAsItWasTyped() throws IOException {
    for (String name : List.of("clip", "t5", "qwen", "gemma", "idefics2")) {
      Path given =
          Fixtures.path(
              Fixtures.json("tokenizers/" + name + ".json").get("tokenizer_dir").asText());
      try (Tokenizer tokenizer = Tokenizer.open(given)) {
        String kept = "A 😀 cat";
        int length = tokenizer.encode(kept).length;
        String text = kept + " AND  a ﬁne Dog";
        assertEquals("", tokenizer.cutOff(kept, length), name);
        assertEquals("AND  a ﬁne Dog", tokenizer.cutOff(text, length), name);
      }
    }
  }
}
