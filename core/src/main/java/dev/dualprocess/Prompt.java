package dev.dualprocess;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.overlay.VisualPrompt;
import java.util.List;
import java.util.Optional;

/**
 * What a user asks for: the generator's text, and the checks that its images should pass. Several
 * checks are averaged. Immutable.
 *
 * <pre>{@code
 * Prompt prompt = Prompt.of("a photo of a desert at noon")
 *     .check("Is the horizon at the red line?", "Yes", VisualPrompt.horizon(0.3125));
 * }</pre>
 */
public interface Prompt {
  /** The text for the generator. */
  String text();

  /** What its images should pass. */
  List<Check> checks();

  /**
   * A prompt without checks yet.
   *
   * @throws IllegalArgumentException if the text is blank
   */
  static Prompt of(String text) {
    return new TextPrompt(text, ImmutableList.of());
  }

  /**
   * This prompt with one more check, on the bare image. A question to be answered with Yes or No is
   * made to say so ({@link Question#withYesNoPostfix}).
   */
  default Prompt check(String question, String answer) {
    return check(new Check(new Question(question, answer).withYesNoPostfix(), Optional.empty()));
  }

  /** As {@link #check(String, String)}, on the image with a drawing over it. */
  default Prompt check(String question, String answer, VisualPrompt visualPrompt) {
    return check(
        new Check(new Question(question, answer).withYesNoPostfix(), Optional.of(visualPrompt)));
  }

  /**
   * The same checks of another text.
   *
   * @throws IllegalArgumentException if the text is blank
   */
  default Prompt withText(String text) {
    return new TextPrompt(text, ImmutableList.copyOf(checks()));
  }

  /** This prompt with one more check, its question word for word. */
  default Prompt check(Check check) {
    return new TextPrompt(
        text(), ImmutableList.<Check>builder().addAll(checks()).add(check).build());
  }
}
