package dev.dualprocess.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What would end the process inside the native tokenizer, or take it forever, is refused in one
 * line that names the file and the place in it.
 */
class BrokenTokenizerTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("tokenizer.json");
  }

  private void write(String kind, Consumer<ObjectNode> damage) throws IOException {
    ObjectNode root = TokenizerSamples.json(kind);
    damage.accept(root);
    Files.writeString(file(), root.toString().replace("<half>", "\\udc00"));
  }

  private void refused(String kind, Consumer<ObjectNode> damage, String told) throws IOException {
    write(kind, damage);
    refused(file() + ": not a usable tokenizer: " + told);
  }

  private void refused(String told) {
    String message =
        assertThrows(IOException.class, () -> Tokenizer.open(folder).close()).getMessage();
    assertTrue(message.startsWith(told), () -> message + "\nshould be\n" + told);
    assertEquals(1, message.lines().count(), message);
  }

  private static ObjectNode step(ObjectNode root, String part, int index) {
    for (JsonNode node : root.get(part)) {
      if (node.isArray()) {
        return (ObjectNode) node.get(index);
      }
    }
    return (ObjectNode) root.get(part);
  }

  @Test
  void aCharsmapIsNotBase64() throws IOException {
    refused(
        "t5",
        root -> step(root, "normalizer", 0).put("precompiled_charsmap", "!"),
        "normalizer.normalizers[0].precompiled_charsmap is not base 64: ");
  }

  @Test
  void aSpecialTokenOfTheTemplateIsNotExplained() throws IOException {
    refused(
        "t5",
        root -> ((ObjectNode) root.at("/post_processor/special_tokens")).remove("</s>"),
        "post_processor.single[1].SpecialToken.id is '</s>', which special_tokens does not have");
  }

  private void charsmap(int size, int[] units, String texts, String told) throws IOException {
    byte[] bytes = texts.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer map =
        ByteBuffer.allocate(4 + 4 * units.length + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    map.putInt(size);
    for (int unit : units) {
      map.putInt(unit);
    }
    map.put(bytes);
    String text = Base64.getEncoder().encodeToString(map.array());
    refused(
        "t5",
        root -> step(root, "normalizer", 0).put("precompiled_charsmap", text),
        "normalizer.normalizers[0].precompiled_charsmap " + told);
  }

  @Test
  void aCharsmapLeadsOutOfItself() throws IOException {
    charsmap(-1, new int[256], "", "claims a trie of 4294967295 bytes, 1024 are left");
    charsmap(0, new int[0], "", "has an empty trie");
    charsmap(1024, new int[256], "\u00ff", "has texts that are not UTF-8");
    int[] units = new int[256];
    units[0] = 256 << 10;
    charsmap(1024, units, "", "has a trie whose unit 0 leads out of it");
    units[0] = 0;
    units['a'] = 'a' | 1 << 8 | ('a' ^ 200) << 10;
    units[200] = 9;
    charsmap(1024, units, "b\0", "has a trie that leads to no text at 9");
    units[200] = 1;
    charsmap(1024, units, "\u00c3\u00a4", "has a trie that leads to no text at 1");
    units[200] = 0;
    charsmap(1024, units, "b".repeat(300), "has a text of more than 256 bytes at 0");
  }

  @Test
  void aTemplateIsOfAnotherShape() throws IOException {
    refused(
        "t5",
        root -> ((ArrayNode) root.at("/post_processor/single")).remove(0),
        "post_processor.single must have the text A once, not 0 times");
    refused(
        "t5",
        root -> ((ObjectNode) root.at("/post_processor/single/0/Sequence")).put("id", "B"),
        "post_processor.single[0].Sequence.id must be one of A, not \"B\"");
    refused(
        "t5",
        root -> ((ArrayNode) root.at("/post_processor/special_tokens/<~1s>/ids")).add(3),
        "post_processor.special_tokens.</s> has 2 ids for 1 tokens");
    refused(
        "t5",
        root -> {
          JsonNode template = root.get("post_processor");
          ObjectNode sequence = root.putObject("post_processor").put("type", "Sequence");
          sequence.putArray("processors").add(template).add(template);
        },
        "post_processor.processors[1] is the second that puts tokens around a text");
  }

  @Test
  void aTokenIsNothingOnceItIsNormalized() throws IOException {
    refused(
        "t5",
        root ->
            ((ObjectNode) root.at("/added_tokens/3")).put("content", " ").put("normalized", true),
        "added_tokens[3].content is nothing once it is normalized");
    refused(
        "clip",
        root -> ((ObjectNode) root.at("/added_tokens/0")).put("content", " ").put("lstrip", true),
        "added_tokens[0].lstrip is true of a token of blanks");
    refused(
        "clip",
        root -> ((ObjectNode) root.at("/added_tokens/0")).put("content", ""),
        "added_tokens[0].content must have 1 to 1000 characters, not 0");
  }

  @Test
  void aPrefixThatPutsNothingThere() throws IOException {
    refused(
        "idefics2",
        root -> step(root, "normalizer", 0).put("prepend", ""),
        "normalizer.normalizers[0].prepend must have 1 to 32 characters, not 0");
  }

  @Test
  void stepsThatGrowATextWithoutEnd() throws IOException {
    refused(
        "gemma",
        root -> {
          ObjectNode replace = (ObjectNode) root.get("normalizer");
          replace.put("content", "        ");
          ObjectNode sequence = root.putObject("normalizer").put("type", "Sequence");
          sequence.putArray("normalizers").add(replace).add(replace).add(replace);
        },
        "normalizer.normalizers[2] may make a text more than 128 times as long");
    refused(
        "qwen",
        root -> {
          ArrayNode steps = (ArrayNode) root.at("/pre_tokenizer/pretokenizers");
          steps.add(steps.get(1));
        },
        "pre_tokenizer.pretokenizers[2] is the second of type ByteLevel");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+$",
        "(?:a|a)*b",
        ".*.*x",
        "a?a?a?a?a?a?a?b",
        "(?<=a)b",
        "\\1a",
        "a*",
        "(a",
        "a)",
        "[a",
        "[]",
        "a**",
        "(?>a)",
        "\\ud800",
        "a{1000}",
        "^",
        "x|"
      })
  void patternsThatMayTakeForever(String regex) throws IOException {
    refused(
        "qwen",
        root -> ((ObjectNode) step(root, "pre_tokenizer", 0).get("pattern")).put("Regex", regex),
        "pre_tokenizer.pretokenizers[0].pattern.Regex is not read: ");
  }

  /** GPT-2, Llama 3, GPT-4o, DeepSeek and BLOOM. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*"
            + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?"
            + "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
        " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+"
      })
  void patternsOfOtherModelsAreRead(String regex) throws IOException {
    write(
        "qwen",
        root -> ((ObjectNode) step(root, "pre_tokenizer", 0).get("pattern")).put("Regex", regex));
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertTrue(tokenizer.encode("It's 10 o'clock, \u4e2d\u6587  now").length > 5);
    }
  }

  @Test
  void aDecoderThatCutsBothEnds() throws IOException {
    refused(
        "idefics2",
        root -> step(root, "decoder", 3).put("stop", 1),
        "decoder.decoders[3].stop must be a whole number from 0 to 0, not 1");
  }

  @Test
  void aVocabularyThatDoesNotFit() throws IOException {
    refused("t5", root -> model(root).put("unk_id", 200), "model.unk_id is 200, but vocab has 120");
    refused("t5", root -> model(root).putNull("unk_id"), "model.unk_id must be a whole number");
    refused(
        "t5",
        root -> ((ArrayNode) root.at("/model/vocab/7")).set(0, root.textNode("x".repeat(600))),
        "model.vocab[7][0] has 600 characters; the most that are read is 512");
    refused("qwen", root -> model(root).putArray("merges").add("a"), "model.merges[0] must be two");
    refused(
        "qwen",
        root -> ((ObjectNode) model(root).get("vocab")).put("!", -1),
        "model.vocab.'!' must be a whole number from 0 to 16777215, not -1");
    refused(
        "qwen",
        root -> model(root).put("continuing_subword_prefix", "##"),
        "model.merges[0] joins 't', which is without the prefix");
    refused("gemma", root -> model(root).put("end_of_word_suffix", "</w>"), "model.byte_fallback");
  }

  private static ObjectNode model(ObjectNode root) {
    return (ObjectNode) root.get("model");
  }

  /** What the library here has no need of does it no harm. */
  @Test
  void truncationAndPaddingAreNotRead() throws IOException {
    write("qwen", root -> {});
    long[] ids;
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      ids = tokenizer.encode("a photo of a cat");
    }
    write(
        "qwen",
        root -> {
          root.putObject("truncation").put("max_length", 1).put("stride", 9);
          root.putObject("padding").putObject("strategy").put("Fixed", 1_000_000_000);
        });
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertArrayEquals(ids, tokenizer.encode("a photo of a cat"));
    }
  }

  @Test
  void brokenMergesAreNamedWithTheirLine() throws IOException {
    Path given = TokenizerSamples.folder("qwen");
    for (String file : new String[] {"vocab.json", "tokenizer_config.json"}) {
      Files.copy(given.resolve(file), folder.resolve(file));
    }
    Path merges = folder.resolve("merges.txt");
    Files.write(merges, new byte[] {'a', ' ', 'b', '\n', (byte) 0xff});
    refused(merges + ": not UTF-8 text at byte 4 (line 2): fetch the model again");
    Files.writeString(merges, "\u0120 t\nnowhere there\n");
    refused(merges + ": not a usable tokenizer: model.merges[1] needs 'nowhere', which vocab");
    Files.writeString(folder.resolve("vocab.json"), "{\"a\": \"b\"}");
    refused(
        folder.resolve("vocab.json")
            + ": not a usable tokenizer: model.vocab.'a' must be a whole number");
  }

  @Test
  void halfOfACharacterIsToldWithItsPlace() throws IOException {
    write("qwen", root -> {});
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      String told =
          assertThrows(
                  IllegalArgumentException.class, () -> tokenizer.encode("a cat \ud83d and a dog"))
              .getMessage();
      assertEquals(
          "the text has half of a character (U+D83D) at position 6, behind 'a cat ':"
              + " type that character again",
          told);
      assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("a ".repeat(100_000)));
    }
    refused(
        "qwen",
        root -> ((ObjectNode) root.at("/added_tokens/0")).put("content", "<half>"),
        "added_tokens[0].content has half of a character at position 0");
  }

  @Test
  void aLengthThatIsNone() throws IOException {
    write("qwen", root -> {});
    Path config = folder.resolve("tokenizer_config.json");
    Files.writeString(config, "{\"model_max_length\": -3}");
    refused(config + ": model_max_length must be at least 1, not -3.0");
  }
}
