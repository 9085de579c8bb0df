package dev.dualprocess.vqa;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Where the answer stands. */
class AnswerPromptTest {
  private static void assertAnswer(long[] ids, long[] logitPositions, AnswerPrompt prompt) {
    assertArrayEquals(ids, prompt.answerIds());
    assertArrayEquals(logitPositions, prompt.logitPositions());
  }

  @Test
  void anAnswerFollowsItsPrompt() {
    long[] all = {5, 6, 7, 8, 9};
    AnswerPrompt prompt = AnswerPrompt.of(new long[] {5, 6, 7}, all);
    assertArrayEquals(all, prompt.inputIds().toArray());
    assertAnswer(new long[] {8, 9}, new long[] {2, 3}, prompt);
  }

  /** "Assistant: " ends in a blank of its own; "Assistant: Yes" has a token " Yes" there. */
  @Test
  void aBlankMayMergeIntoTheAnswer() {
    AnswerPrompt prompt = AnswerPrompt.of(new long[] {5, 6, 32}, new long[] {5, 6, 40});
    assertAnswer(new long[] {40}, new long[] {1}, prompt);
  }

  @Test
  void aBlankMayMergeIntoAnAnswerOfSeveralTokens() {
    AnswerPrompt prompt = AnswerPrompt.of(new long[] {5, 6, 32}, new long[] {5, 6, 40, 41});
    assertAnswer(new long[] {40, 41}, new long[] {1, 2}, prompt);
  }

  @Test
  void aTokenThatTheAnswerRepeatsIsTheAnswers() {
    AnswerPrompt prompt = AnswerPrompt.of(new long[] {5, 6}, new long[] {5, 6, 6, 5});
    assertAnswer(new long[] {6, 5}, new long[] {1, 2}, prompt);
  }

  @Property(tries = 200)
  void theLogitsOfAnAnswerStandRightBeforeIt(
      @ForAll @Size(min = 1, max = 20) long[] question,
      @ForAll @Size(min = 1, max = 5) long[] answer,
      @ForAll @IntRange(max = 1) int merged) {
    long[] all = new long[question.length + answer.length];
    System.arraycopy(question, 0, all, 0, question.length);
    System.arraycopy(answer, 0, all, question.length, answer.length);
    long[] asked = new long[question.length + merged];
    System.arraycopy(question, 0, asked, 0, question.length);
    if (merged == 1) {
      asked[question.length] = answer[0] + 1; // the blank's own token, which is another one
    }
    AnswerPrompt prompt = AnswerPrompt.of(asked, all);
    assertArrayEquals(answer, prompt.answerIds());
    long[] before = new long[answer.length];
    for (int i = 0; i < answer.length; i++) {
      before[i] = question.length + (i - 1L);
    }
    assertArrayEquals(before, prompt.logitPositions());
  }

  @Test
  void anAnswerWithoutTokensIsRefused() {
    assertRefused(
        IllegalArgumentException.class,
        () -> AnswerPrompt.of(new long[] {5, 6}, new long[] {5, 6}),
        "no tokens of its own");
    assertRefused(
        IllegalArgumentException.class,
        () -> AnswerPrompt.of(new long[] {5, 6}, new long[] {5}),
        "no tokens of its own");
  }

  @Test
  void anAnswerThatNothingPredictsIsRefused() {
    assertRefused(
        IllegalArgumentException.class,
        () -> AnswerPrompt.of(new long[] {}, new long[] {5}),
        "no tokens of its own");
  }
}
