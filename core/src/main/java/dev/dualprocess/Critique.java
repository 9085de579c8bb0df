package dev.dualprocess;

import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/**
 * What a verifier says to several questions about one image, and in which direction the image
 * should change.
 *
 * @param assessments one for each question, in their order
 * @param imageGradient d(mean of the losses)/d(image), [1, 3, H, W]; belongs to the caller's scope
 */
public record Critique(List<Assessment> assessments, Tensor imageGradient) {
  /** Copies the list; both are needed. */
  public Critique {
    Objects.requireNonNull(assessments, "assessments");
    Objects.requireNonNull(imageGradient, "imageGradient");
    assessments = List.copyOf(assessments);
  }

  /** The mean of the losses. */
  public double loss() {
    return assessments.stream().mapToDouble(Assessment::loss).average().orElseThrow();
  }
}
