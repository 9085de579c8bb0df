package dev.dualprocess;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions and the sentence that keeps a model to one word. */
class QuestionTest {
  @ParameterizedTest
  @ValueSource(strings = {"Yes", "No", "yes", "NO", " Yes "})
  void aYesNoQuestionIsAskedForOneWord(String answer) {
    assertEquals(
        new Question("Is it red? Answer with Yes or No.", answer),
        new Question("Is it red?", answer).withYesNoPostfix());
  }

  @ParameterizedTest
  @ValueSource(strings = {"red", "Yes, it is", "Not", "Yes."})
  void anyOtherQuestionStaysAsItIs(String answer) {
    Question question = new Question("What colour is it?", answer);
    assertSame(question, question.withYesNoPostfix());
  }

  @Test
  void thePostfixIsAppendedOnce() {
    Question once = new Question("Is it red?", "Yes").withYesNoPostfix();
    assertSame(once, once.withYesNoPostfix());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "\n"})
  void nothingIsNoQuestionAndNoAnswer(String nothing) {
    assertRefused(
        IllegalArgumentException.class, () -> new Question(nothing, "Yes"), "question is empty");
    assertRefused(
        IllegalArgumentException.class, () -> new Question("Is it?", nothing), "answer is empty");
  }
}
