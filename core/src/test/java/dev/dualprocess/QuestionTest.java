package dev.dualprocess;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /** A model that is told to say Yes does not say yes. */
  @ParameterizedTest
  @CsvSource({"yes, Yes", "YES, Yes", "' Yes', Yes", "no, No", "nO, No"})
  void aYesNoAnswerIsWrittenAsTheQuestionWritesIt(String answer, String said) {
    assertEquals(said, new Question("Is it red? Answer with Yes or No.", answer).answer());
    assertEquals(said, new Question("Is it red?", answer).withYesNoPostfix().answer());
  }

  @Test
  void anyOtherAnswerLosesItsOuterBlanksOnly() {
    assertEquals("a red  cat", new Question("What is it?", " a red  cat\n").answer());
    assertEquals("yes", new Question("Is it red?", "yes").answer());
    assertTrue(new Question("Is it red?", "yes").answersInOtherLetters());
    assertFalse(new Question("Is it red?", "Yes").answersInOtherLetters());
    assertFalse(new Question("Is it red?", "yes").withYesNoPostfix().answersInOtherLetters());
  }
}
