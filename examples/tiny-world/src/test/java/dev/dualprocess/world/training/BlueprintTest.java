package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.text.Tokenizer;
import dev.dualprocess.world.Scene;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trained tokenizers lose nothing of what the world says and asks. */
class BlueprintTest {
  private static final int SCENES = 200;

  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    Blueprint.writeFlux(folder.resolve("flux"));
    Blueprint.writeQwen(folder.resolve("qwen"), Exam.questions());
  }

  private static List<String> prompts() {
    Random random = new Random(77);
    return Stream.generate(() -> Scene.random(random).prompt()).limit(SCENES).toList();
  }

  @Test
  void clipReadsEveryPrompt() throws IOException {
    int end =
        Fixtures.json(folder.resolve("flux/text_encoder/config.json")).path("eos_token_id").asInt();
    try (Tokenizer tokenizer = Tokenizer.open(folder.resolve("flux/tokenizer"))) {
      for (String prompt : prompts()) {
        long[] ids = tokenizer.encode(prompt);
        assertTrue(ids.length <= tokenizer.modelMaxLength().orElseThrow(), prompt);
        // <|endoftext|> also stands for what is unknown.
        assertEquals(1, Arrays.stream(ids).filter(id -> id == end).count(), prompt);
        String read = tokenizer.decode(ids).replace("</w>", " ").replace(" ,", ",").strip();
        assertEquals(prompt, read);
      }
    }
  }

  @Test
  void clipReadsWhatItWasNeverTaught() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(folder.resolve("flux/tokenizer"))) {
      long[] known = tokenizer.encode("a at noon");
      long[] ids = tokenizer.encode("a 雪 at noon"); // one unknown symbol, and two of its bytes
      assertEquals(known.length + 3, ids.length);
      assertEquals(ids[ids.length - 1], ids[4]);
    }
  }

  @Test
  void t5ReadsEveryPrompt() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(folder.resolve("flux/tokenizer_2"))) {
      long unknown = 2;
      for (String prompt : prompts()) {
        long[] ids = tokenizer.encode(prompt);
        assertTrue(ids.length <= tokenizer.modelMaxLength().orElseThrow(), prompt);
        assertFalse(Arrays.stream(ids).anyMatch(id -> id == unknown), prompt);
        assertEquals(1, ids[ids.length - 1], "</s>");
        assertEquals(prompt, tokenizer.decode(Arrays.copyOf(ids, ids.length - 1)));
      }
    }
  }

  @Test
  void qwenReadsEveryQuestion() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(folder.resolve("qwen"))) {
      assertEquals(25, Exam.questions().size());
      for (String question : Exam.questions()) {
        assertEquals(question, tokenizer.decode(tokenizer.encodePlain(question)));
      }
      assertEquals(1, tokenizer.encodePlain("Yes").length);
      assertEquals(1, tokenizer.encodePlain("No").length);
      assertEquals(1, tokenizer.encodePlain("<|im_end|>").length);
    }
  }
}
