package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.text.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pipeline makes of a prompt before Gemma-2 sees it. */
class SanaPromptTest {
  static List<SanaTextFixtures.Case> cases() {
    return SanaTextFixtures.cases();
  }

  @Test
  void theInstructionIsThePipelinesOwn() {
    List<String> lines = new ArrayList<>();
    for (JsonNode line : SanaTextFixtures.json().path("complex_human_instruction")) {
      lines.add(line.asText());
    }
    assertEquals(String.join("\n", lines), SanaPrompt.instructed("").instruction());
    assertEquals("", SanaPrompt.plain("a cat").instruction());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theTextIsInLowerCaseWithoutBlanksAround(SanaTextFixtures.Case text) {
    assertEquals(text.preprocessed(), SanaPrompt.plain(text.prompt()).whole());
    assertEquals(
        SanaPrompt.instructed("").whole() + text.preprocessed(),
        SanaPrompt.instructed(text.prompt()).whole());
  }

  /** As Python's lower and strip, whose blanks are not those of Java's strip. */
  @Test
  void blanksAndLowerCaseAreThoseOfPython() {
    String blanks = " \t\n\u000b\f\r\u001c\u001d\u001e\u001f\u0085\u00a0\u1680\u2000\u2007\u202f";
    assertEquals("a  b", SanaPrompt.plain(blanks + "A  B" + blanks + "\u3000\u2028").whole());
    assertEquals("\u200ba\u180e", SanaPrompt.plain("\u200bA\u180e").whole());
    assertEquals("i\u0307stanbul ὀδυσσεύς", SanaPrompt.plain("İSTANBUL ὈΔΥΣΣΕΎΣ").whole());
    assertEquals("", SanaPrompt.NEGATIVE.whole());
  }

  @Test
  void aLongTextIsCutBehindAndAShortOnePadded() throws IOException {
    try (PointerScope scope = new PointerScope();
        Tokenizer tokenizer = Tokenizer.open(SanaTextFixtures.pipeline().resolve("tokenizer"))) {
      String text = "a cat and a dog ".repeat(200).strip();
      long[] ids = tokenizer.encode(text);
      assertTrue(ids.length > SanaPrompt.LENGTH);
      SanaTokens plain = SanaPrompt.plain(text).tokens(tokenizer);
      assertArrayEquals(Arrays.copyOf(ids, SanaPrompt.LENGTH), Ops.toLongs(plain.ids()));
      assertArrayEquals(ones(SanaPrompt.LENGTH), Ops.toLongs(plain.mask()));

      SanaTokens instructed = SanaPrompt.instructed(text).tokens(tokenizer);
      int length = tokenizer.encode(SanaPrompt.instructed("").whole()).length;
      assertEquals(length + SanaPrompt.LENGTH - 2, instructed.ids().size(1));
      assertArrayEquals(ones(SanaPrompt.LENGTH), Ops.toLongs(SanaTokens.kept(instructed.mask())));

      // A pad token that was typed is text.
      SanaTokens typed = SanaPrompt.plain("<pad>").tokens(tokenizer);
      assertEquals(
          tokenizer.encode("<pad>").length, LongStream.of(Ops.toLongs(typed.mask())).sum());
    }
  }

  private static long[] ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void theOpeningTokenAndTheLast299AreKept() {
    try (PointerScope scope = new PointerScope()) {
      long[] rows = LongStream.range(0, 451).toArray();
      long[] kept = Ops.toLongs(SanaTokens.kept(Ops.longs(rows, 1, rows.length)));
      assertEquals(300, kept.length);
      assertEquals(0, kept[0]);
      assertEquals(451 - 299, kept[1]);
      assertEquals(450, kept[299]);
      long[] all = LongStream.range(0, 300).toArray();
      assertArrayEquals(all, Ops.toLongs(SanaTokens.kept(Ops.longs(all, 1, 300))));
    }
  }
}
