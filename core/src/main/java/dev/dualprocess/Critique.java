package dev.dualprocess;

import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/**
 * What a verifier says to several questions about one image, and in which direction the image
 * should change.
 *
 * @param assessments one for each question, in their order
 * @param imageGradient d(loss)/d(image), [1, 3, H, W]; belongs to the caller's scope
 * @param loss the mean of the questions' losses, weighted where checks have weights
 */
public record Critique(List<Assessment> assessments, Tensor imageGradient, double loss) {
  /** Of questions that all weigh the same: the gradient is that of the mean of their losses. */
  public Critique(List<Assessment> assessments, Tensor imageGradient) {
    this(assessments, imageGradient, mean(assessments));
  }

  private static double mean(List<Assessment> assessments) {
    return Objects.requireNonNull(assessments, "assessments").stream()
        .mapToDouble(Assessment::loss)
        .average()
        .orElse(Double.NaN);
  }

  /** Copies the list; both are needed. */
  public Critique {
    Objects.requireNonNull(assessments, "assessments");
    Objects.requireNonNull(imageGradient, "imageGradient");
    assessments = List.copyOf(assessments);
  }
}
