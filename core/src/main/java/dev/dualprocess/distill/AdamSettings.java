package dev.dualprocess.distill;

import dev.dualprocess.config.Counts;

/**
 * How fast {@link Adam} moves parameters, and how it averages their gradients.
 *
 * @param learningRate above 0, at most 1e30
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param eps added to the root of the second moment
 * @param weightDecay decoupled (AdamW); 0 is plain Adam
 * @param maxGradNorm the gradient is scaled down to this norm if it is longer
 */
public record AdamSettings(
    double learningRate,
    double beta1,
    double beta2,
    double eps,
    double weightDecay,
    double maxGradNorm) {
  /** The paper's: learning rate 5e-5, no decay, gradients clipped to norm 1. */
  public static final AdamSettings PAPER = new AdamSettings(5e-5, 0.9, 0.999, 1e-8, 0, 1.0);

  private static final double LARGEST_RATE = 1e30; // beyond it a step is no float

  /** Checks the ranges. */
  public AdamSettings {
    require(learningRate > 0 && Double.isFinite(learningRate), "learning rate", learningRate);
    Counts.requireAtMost("learning rate", learningRate, LARGEST_RATE);
    require(beta1 >= 0 && beta1 < 1, "beta1", beta1);
    require(beta2 >= 0 && beta2 < 1, "beta2", beta2);
    require(eps > 0, "eps", eps);
    require(weightDecay >= 0 && Double.isFinite(weightDecay), "weight decay", weightDecay);
    require(maxGradNorm > 0, "maximal gradient norm", maxGradNorm);
  }

  private static void require(boolean holds, String what, double value) {
    if (!holds) {
      throw new IllegalArgumentException(what + " cannot be " + value);
    }
  }

  /** These settings with another learning rate. */
  public AdamSettings withLearningRate(double rate) {
    return new AdamSettings(rate, beta1, beta2, eps, weightDecay, maxGradNorm);
  }
}
