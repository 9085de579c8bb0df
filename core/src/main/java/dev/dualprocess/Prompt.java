package dev.dualprocess;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.config.WholeCharacters;
import dev.dualprocess.overlay.VisualPrompt;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a user asks for: the generator's text, and the checks that its images should pass. Several
 * checks are averaged. Immutable.
 *
 * <pre>{@code
 * Prompt prompt = Prompt.of("a photo of a desert at noon")
 *     .check("Is the horizon at the red line?", "Yes", VisualPrompt.horizon(0.3125));
 * }</pre>
 *
 * @param text for the generator, not blank
 * @param checks what its images should pass
 */
public record Prompt(String text, List<Check> checks) {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if the text is blank or has half of a character
   */
  public Prompt {
    if (Objects.requireNonNull(text, "text").isBlank()) {
      throw new IllegalArgumentException("the prompt is empty");
    }
    WholeCharacters.require(text, "the prompt");
    Objects.requireNonNull(checks, "checks");
    checks = List.copyOf(checks);
  }

  /**
   * A prompt without checks yet.
   *
   * @throws IllegalArgumentException if the text is blank
   */
  public static Prompt of(String text) {
    return new Prompt(text, List.of());
  }

  /**
   * This prompt with one more check, on the bare image. A question to be answered with Yes or No is
   * made to say so ({@link Question#withYesNoPostfix}).
   */
  public Prompt check(String question, String answer) {
    return check(new Check(new Question(question, answer).withYesNoPostfix(), Optional.empty()));
  }

  /**
   * This prompt with one more check, on the image with a drawing over it; {@link #check(String,
   * String)} is on the bare one.
   */
  public Prompt check(String question, String answer, VisualPrompt visualPrompt) {
    Objects.requireNonNull(visualPrompt, "visualPrompt");
    return check(
        new Check(new Question(question, answer).withYesNoPostfix(), Optional.of(visualPrompt)));
  }

  /** This prompt with one more check, its question word for word. */
  public Prompt check(Check check) {
    Objects.requireNonNull(check, "check");
    return new Prompt(text, ImmutableList.<Check>builder().addAll(checks).add(check).build());
  }

  /**
   * This prompt's checks on the images of another text.
   *
   * @throws IllegalArgumentException if the text is blank
   */
  public Prompt withText(String newText) {
    return new Prompt(newText, checks);
  }
}
