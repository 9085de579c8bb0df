package dev.dualprocess;

import java.util.Locale;
import java.util.Objects;

/**
 * A question about an image and the answer that is wanted.
 *
 * @param text what the verifier is asked, not blank
 * @param answer the answer whose probability counts, not blank
 */
public record Question(String text, String answer) {
  /** The sentence that keeps a model to one word. */
  public static final String YES_NO_POSTFIX = "Answer with Yes or No.";

  /** Checks that both are there. */
  public Question {
    if (Objects.requireNonNull(text, "text").isBlank()) {
      throw new IllegalArgumentException("the question is empty");
    }
    if (Objects.requireNonNull(answer, "answer").isBlank()) {
      throw new IllegalArgumentException("the answer is empty");
    }
  }

  private static boolean asksYesNo(String text) {
    return text.stripTrailing().endsWith(YES_NO_POSTFIX);
  }

  private static boolean isYesNo(String answer) {
    String plain = answer.strip().toLowerCase(Locale.ROOT);
    return plain.equals("yes") || plain.equals("no");
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
