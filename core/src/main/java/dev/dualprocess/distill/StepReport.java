package dev.dualprocess.distill;

import java.util.List;

/**
 * What happened in one optimisation step; {@code losses.csv} has a line for each. Of a step that
 * takes the mean of several draws, level, loss, probabilities and penalty are means over them.
 *
 * @param step 1 for the first
 * @param seed which of the n noise seeds was used, 0 .. n-1; of several draws the first, which the
 *     others follow
 * @param sigma σ, the noise level at which the gradient was taken, from 0 to 1, which is pure
 *     noise; t in the paper, and so the column {@code t} of {@code losses.csv}
 * @param loss mean over the checks of -log p(answer), weighted where they have weights
 * @param probabilities exp(-loss) for each check
 * @param gradientNorm of the adapter, before clipping
 * @param seconds this step took
 * @param penalty what {@link Regularisation} adds to the loss; not part of {@code loss}
 */
public record StepReport(
    int step,
    int seed,
    double sigma,
    double loss,
    List<Double> probabilities,
    double gradientNorm,
    double seconds,
    double penalty) {
  /** Copies the list. */
  public StepReport {
    probabilities = List.copyOf(probabilities);
  }

  /** What happened in a step to which nothing was added. */
  public StepReport(
      int step,
      int seed,
      double sigma,
      double loss,
      List<Double> probabilities,
      double gradientNorm,
      double seconds) {
    this(step, seed, sigma, loss, probabilities, gradientNorm, seconds, 0);
  }

  /** The mean of the checks' probabilities. */
  public double probability() {
    return probabilities.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
