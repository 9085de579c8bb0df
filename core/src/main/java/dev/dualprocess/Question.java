package dev.dualprocess;

import dev.dualprocess.config.WholeCharacters;
import java.util.Objects;

/**
 * A question about an image and the answer that is wanted, without blanks around it, which no model
 * says. Where the question ends in {@value #YES_NO_POSTFIX}, the answer is one of these two words
 * as they stand there: a model that is told to say "Yes" says "yes" next to never, however sure it
 * is, and {@code yes} written in small letters is meant as the same word. To any other question the
 * answer is taken letter for letter.
 *
 * @param text what the verifier is asked, not blank
 * @param answer the answer whose probability counts, not blank
 */
public record Question(String text, String answer) {
  /** The sentence that keeps a model to one word. */
  public static final String YES_NO_POSTFIX = "Answer with Yes or No.";

  /** Checks that both are there, and writes the answer as a model would. */
  public Question {
    if (Objects.requireNonNull(text, "text").isBlank()) {
      throw new IllegalArgumentException("the question is empty");
    }
    if (Objects.requireNonNull(answer, "answer").isBlank()) {
      throw new IllegalArgumentException("the answer is empty");
    }
    WholeCharacters.require(text, "the question");
    answer = WholeCharacters.require(answer, "the answer").strip();
    if (asksYesNo(text) && isYesNo(answer)) {
      answer = answer.equalsIgnoreCase("yes") ? "Yes" : "No";
    }
  }

  private static boolean asksYesNo(String text) {
    return text.stripTrailing().endsWith(YES_NO_POSTFIX);
  }

  private static boolean isYesNo(String answer) {
    return answer.equalsIgnoreCase("yes") || answer.equalsIgnoreCase("no");
  }

  /**
   * Whether the answer is Yes or No, but written as a model hardly ever says it. Only where the
   * question does not end in {@value #YES_NO_POSTFIX}.
   */
  public boolean answersInOtherLetters() {
    return isYesNo(answer) && !answer.equals("Yes") && !answer.equals("No");
  }

  /**
   * This question ending in {@value #YES_NO_POSTFIX}, if the answer is Yes or No and it does not
   * end so already.
   *
   * @throws IllegalArgumentException if it ends so and the answer is another
   */
  public Question withYesNoPostfix() {
    if (asksYesNo(text) && !isYesNo(answer)) {
      throw new IllegalArgumentException(
          "the question asks for Yes or No, but the wanted answer is '" + answer + "'");
    }
    return isYesNo(answer) && !asksYesNo(text)
        ? new Question(text + " " + YES_NO_POSTFIX, answer)
        : this;
  }
}
