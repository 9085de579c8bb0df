package dev.dualprocess;

import dev.dualprocess.overlay.VisualPrompt;
import java.util.Objects;
import java.util.Optional;

/**
 * One thing that should hold of an image: a question with its answer, and the drawing that is laid
 * over the image before the verifier sees it, if any.
 *
 * @param question what is asked
 * @param visualPrompt what is laid over the image
 */
public record Check(Question question, Optional<VisualPrompt> visualPrompt) {
  /** Both are needed; no drawing is an empty optional. */
  public Check {
    Objects.requireNonNull(question, "question");
    Objects.requireNonNull(visualPrompt, "visualPrompt");
  }
}
