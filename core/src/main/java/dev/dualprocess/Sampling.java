package dev.dualprocess;

import dev.dualprocess.config.Counts;
import dev.dualprocess.image.ImageSize;
import java.util.Objects;

/**
 * How an image is sampled: its size, and in how many inference steps it comes from noise.
 * (Optimisation steps, which change what is learnt, are those of a run's settings.)
 *
 * @param size of the image
 * @param numInferenceSteps N, how many inference steps lead from noise to the image, at least 1
 * @param guidanceScale strength of guidance; ignored by models without any
 * @param shift which time shift the schedule uses
 */
public record Sampling(ImageSize size, int numInferenceSteps, double guidanceScale, Shift shift) {

  private static final int MOST_STEPS = 10_000; // models are trained on a thousand levels
  private static final double MOST_GUIDANCE = 10_000;

  /** Which time shift a schedule uses. */
  public enum Shift {
    /** What the model's scheduler file says, dynamic shifting by image size included. */
    PUBLISHED,
    /**
     * The authors' training setting: the file's fixed shift, dynamic shifting off. What more it
     * means for a model, its generator says.
     */
    STATIC
  }

  /** Checks the ranges. */
  public Sampling {
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(shift, "shift");
    if (numInferenceSteps < 1) {
      throw new IllegalArgumentException(
          "inference steps must be at least 1, not " + numInferenceSteps);
    }
    Counts.requireAtMost("inference steps", numInferenceSteps, MOST_STEPS);
    if (!Double.isFinite(guidanceScale) || guidanceScale < 0) {
      throw new IllegalArgumentException(
          "guidance scale must be a number of at least 0, not " + guidanceScale);
    }
    Counts.requireAtMost("guidance scale", guidanceScale, MOST_GUIDANCE);
  }

  /** This sampling with images of another size. */
  public Sampling withSize(ImageSize newSize) {
    return new Sampling(newSize, numInferenceSteps, guidanceScale, shift);
  }

  /** This sampling with another number N of inference steps. */
  public Sampling withSteps(int steps) {
    return new Sampling(size, steps, guidanceScale, shift);
  }

  /** This sampling with another guidance scale. */
  public Sampling withGuidance(double scale) {
    return new Sampling(size, numInferenceSteps, scale, shift);
  }

  /** This sampling with another time shift. */
  public Sampling withShift(Shift newShift) {
    return new Sampling(size, numInferenceSteps, guidanceScale, newShift);
  }
}
