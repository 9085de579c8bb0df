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
 * @param weight how much it counts beside a prompt's other checks, above 0: the loss is Σ wᵢLᵢ / Σ
 *     wᵢ
 */
public record Check(Question question, Optional<VisualPrompt> visualPrompt, double weight) {
  private static final double MOST_WEIGHT = 1e6;

  /**
   * Question and drawing are needed; no drawing is an empty optional.
   *
   * @throws IllegalArgumentException if the weight is out of range
   */
  public Check {
    Objects.requireNonNull(question, "question");
    Objects.requireNonNull(visualPrompt, "visualPrompt");
    if (!(weight > 0 && weight <= MOST_WEIGHT)) {
      throw new IllegalArgumentException(
          "a check's weight must be above 0 and at most %.0f, not %s"
              .formatted(MOST_WEIGHT, weight));
    }
  }

  /** A check that counts as much as others do. */
  public Check(Question question, Optional<VisualPrompt> visualPrompt) {
    this(question, visualPrompt, 1);
  }

  /** This check with another weight. */
  public Check weighing(double newWeight) {
    return new Check(question, visualPrompt, newWeight);
  }
}
