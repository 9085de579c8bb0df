package dev.dualprocess.flow;

import java.util.Arrays;

/**
 * The noise levels σ that N sampling steps visit, from 1 (noise) to 0 (image). Step i goes from σᵢ
 * to σᵢ₊₁. Immutable.
 */
public final class FlowSchedule {
  private final float[] sigmas;
  private final int numTrainTimesteps;

  /**
   * A schedule.
   *
   * @param sigmas N + 1 values, the last one where the image is
   * @param numTrainTimesteps the factor from σ to a timestep, 1000 for FLUX.1
   */
  public FlowSchedule(float[] sigmas, int numTrainTimesteps) {
    if (sigmas.length < 2) {
      throw new IllegalArgumentException("a schedule needs at least one step");
    }
    this.sigmas = sigmas.clone();
    this.numTrainTimesteps = numTrainTimesteps;
  }

  /** N. */
  public int steps() {
    return sigmas.length - 1;
  }

  /** How many timesteps the model was trained on: the factor from σ to a timestep. */
  public int numTrainTimesteps() {
    return numTrainTimesteps;
  }

  /** σᵢ, i from 0 to N. */
  public float sigma(int i) {
    return sigmas[i];
  }

  /** All N + 1 values. */
  public float[] sigmas() {
    return sigmas.clone();
  }

  /** σᵢ as a timestep in [0, numTrainTimesteps], i from 0 to N - 1. */
  public float timestep(int i) {
    return sigmas[i] * numTrainTimesteps;
  }

  /** The N timesteps. */
  public float[] timesteps() {
    float[] t = Arrays.copyOf(sigmas, steps());
    for (int i = 0; i < t.length; i++) {
      t[i] *= numTrainTimesteps;
    }
    return t;
  }

  /**
   * The step that is trained for a uniform draw: i = ⌊u N⌋.
   *
   * @param u in [0, 1)
   */
  public int stepAt(double u) {
    if (!(u >= 0 && u < 1)) {
      throw new IllegalArgumentException("u must be in [0, 1), not " + u);
    }
    return (int) Math.floor(u * steps());
  }
}
