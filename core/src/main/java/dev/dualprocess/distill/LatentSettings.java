package dev.dualprocess.distill;

import dev.dualprocess.Sampling;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.vqa.VqaSettings;
import java.util.Objects;

/**
 * Everything an optimisation of one seed's noise is made of besides its models and its prompt.
 *
 * @param steps optimisation steps, at least 1
 * @param seed whose noise is changed; the same noise as an evaluation image of that seed
 * @param shellWeight of {@link GaussianShell}, which keeps the noise as long as noise is; 0 leaves
 *     it out
 * @param adam the optimizer
 * @param sampling how the image is sampled
 * @param presentation how images are handed to the verifier
 * @param vqa how the loss is taken
 */
public record LatentSettings(
    int steps,
    long seed,
    double shellWeight,
    AdamSettings adam,
    Sampling sampling,
    PresentationSettings presentation,
    VqaSettings vqa) {
  private static final int STEPS = 100;

  /**
   * Noise is of size 1 where weights are of size 0.05: it takes a thousand times their learning
   * rate to get as far in as many steps.
   */
  private static final double LEARNING_RATE = 0.05;

  /** Checks the ranges. */
  public LatentSettings {
    Objects.requireNonNull(adam, "adam");
    Objects.requireNonNull(sampling, "sampling");
    Objects.requireNonNull(presentation, "presentation");
    Objects.requireNonNull(vqa, "vqa");
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1, not " + steps);
    }
    if (!(shellWeight >= 0) || Double.isInfinite(shellWeight)) {
      throw new IllegalArgumentException(
          "the weight of the Gaussian shell must be a number of at least 0, not " + shellWeight);
    }
  }

  /** 100 steps of Adam at 0.05, the gradient clipped to norm 1, the noise free to go anywhere. */
  public static LatentSettings of(Sampling sampling) {
    return new LatentSettings(
        STEPS,
        0,
        0,
        AdamSettings.PAPER.withLearningRate(LEARNING_RATE),
        sampling,
        PresentationSettings.DEFAULT,
        VqaSettings.DEFAULT);
  }

  /** The authors' code where it differs: what the verifier sees, and the mean over the tokens. */
  public static LatentSettings authors(Sampling sampling) {
    LatentSettings own = of(sampling.withShift(Sampling.Shift.STATIC));
    return new LatentSettings(
        own.steps,
        own.seed,
        own.shellWeight,
        own.adam,
        own.sampling,
        PresentationSettings.AUTHORS,
        VqaSettings.AUTHORS);
  }

  /** The same with another number of steps. */
  public LatentSettings withSteps(int newSteps) {
    return new LatentSettings(newSteps, seed, shellWeight, adam, sampling, presentation, vqa);
  }

  /** The same with another seed. */
  public LatentSettings withSeed(long newSeed) {
    return new LatentSettings(steps, newSeed, shellWeight, adam, sampling, presentation, vqa);
  }

  /** The same with another weight of the Gaussian shell. */
  public LatentSettings withShellWeight(double weight) {
    return new LatentSettings(steps, seed, weight, adam, sampling, presentation, vqa);
  }

  /** The same with another learning rate. */
  public LatentSettings withLearningRate(double rate) {
    return new LatentSettings(
        steps, seed, shellWeight, adam.withLearningRate(rate), sampling, presentation, vqa);
  }
}
