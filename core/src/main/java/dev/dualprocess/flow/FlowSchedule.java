package dev.dualprocess.flow;

/**
 * The noise levels σ (t of the paper) that N inference steps visit, from 1 (noise) to 0 (image).
 * Step i goes from σᵢ to σᵢ₊₁. Immutable.
 */
public final class FlowSchedule {
  private final float[] sigmas;
  private final float[] timesteps;
  private final int numTrainTimesteps;

  /**
   * A schedule whose timesteps are its noise levels, scaled.
   *
   * @param sigmas N + 1 values, the last one where the image is
   * @param numTrainTimesteps the factor from σ to a timestep, 1000 for FLUX.1
   */
  public FlowSchedule(float[] sigmas, int numTrainTimesteps) {
    this(sigmas, scaled(sigmas, numTrainTimesteps), numTrainTimesteps);
  }

  /**
   * A schedule with timesteps of its own, such as whole numbers.
   *
   * @param sigmas N + 1 values, the last one where the image is
   * @param timesteps what the model is told in each of the N steps
   * @param numTrainTimesteps the number of timesteps the model was trained on
   */
  public FlowSchedule(float[] sigmas, float[] timesteps, int numTrainTimesteps) {
    if (sigmas.length < 2) {
      throw new IllegalArgumentException("a schedule needs at least one step");
    }
    if (timesteps.length != sigmas.length - 1) {
      throw new IllegalArgumentException(
          "%d noise levels need %d timesteps, not %d"
              .formatted(sigmas.length, sigmas.length - 1, timesteps.length));
    }
    this.sigmas = sigmas.clone();
    this.timesteps = timesteps.clone();
    this.numTrainTimesteps = numTrainTimesteps;
  }

  private static float[] scaled(float[] sigmas, int factor) {
    float[] timesteps = new float[Math.max(0, sigmas.length - 1)];
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = sigmas[i] * factor;
    }
    return timesteps;
  }

  /** N, how many inference steps there are. */
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

  /** What the model is told in step i: σᵢ as a timestep in [0, numTrainTimesteps], i below N. */
  public float timestep(int i) {
    return timesteps[i];
  }

  /** What the model is told in each of the N steps. */
  public float[] timesteps() {
    return timesteps.clone();
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
