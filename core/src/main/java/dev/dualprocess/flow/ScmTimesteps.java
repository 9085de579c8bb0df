package dev.dualprocess.flow;

import com.google.common.primitives.Floats;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The angles that a consistency model visits, as diffusers' {@code SCMScheduler} is asked for them:
 * N + 1 of them, in equal strides from the largest to 0, or from the largest by way of one between
 * to 0, or as they are given.
 *
 * @param numInferenceSteps N, at least 1
 * @param timesteps all N + 1 angles, or null
 * @param maxTimesteps the first angle; null where all are given, and only there
 * @param intermediateTimesteps the second of two steps, or null for equal strides; only for N = 2
 */
public record ScmTimesteps(
    int numInferenceSteps,
    @Nullable List<Double> timesteps,
    @Nullable Double maxTimesteps,
    @Nullable Double intermediateTimesteps) {
  /** Where the pipeline begins: π/2, as it is published. */
  public static final double MAX = 1.57080;

  /** Where the pipeline goes between, of two steps. */
  public static final double INTERMEDIATE = 1.3;

  /** Refuses what the scheduler refuses. */
  public ScmTimesteps {
    timesteps = timesteps == null ? null : List.copyOf(timesteps);
    if (numInferenceSteps < 1) {
      throw new IllegalArgumentException(
          "inference steps must be at least 1, not " + numInferenceSteps);
    }
    if (timesteps != null && timesteps.size() != numInferenceSteps + 1) {
      throw new IllegalArgumentException(
          "%d inference steps need %d timesteps, not %d"
              .formatted(numInferenceSteps, numInferenceSteps + 1, timesteps.size()));
    }
    if (timesteps != null && maxTimesteps != null) {
      throw new IllegalArgumentException(
          "timesteps are given, so max_timesteps must not be; it is " + maxTimesteps);
    }
    if (timesteps == null && maxTimesteps == null) {
      throw new IllegalArgumentException("either timesteps or max_timesteps must be given");
    }
    if (intermediateTimesteps != null && numInferenceSteps != 2) {
      throw new IllegalArgumentException(
          "intermediate_timesteps is %s, which is for 2 inference steps alone, not for %d"
              .formatted(intermediateTimesteps, numInferenceSteps));
    }
  }

  /** As published: from π/2, and of two steps the second at 1.3. */
  public static ScmTimesteps published(int steps) {
    return new ScmTimesteps(steps, null, MAX, steps == 2 ? INTERMEDIATE : null);
  }

  /** All N + 1 angles, in fp32 as the pipeline has them. */
  public float[] angles() {
    if (timesteps != null) {
      return Floats.toArray(timesteps);
    }
    float max = maxTimesteps == null ? 0 : maxTimesteps.floatValue(); // never null here
    if (intermediateTimesteps != null) {
      return new float[] {max, intermediateTimesteps.floatValue(), 0};
    }
    float[] angles = new float[numInferenceSteps + 1];
    for (int i = 0; i < numInferenceSteps; i++) {
      angles[i] = (float) ((double) max * (numInferenceSteps - i) / numInferenceSteps);
    }
    return angles;
  }

  /**
   * The same as noise levels, {@link TrigFlow#sigma}, which are also what the model is told.
   *
   * @throws IllegalArgumentException if these are more steps than the model was trained on
   */
  public FlowSchedule schedule(ScmConfig config) {
    int most = config.numTrainTimesteps();
    if (numInferenceSteps > most) {
      throw new IllegalArgumentException(
          "inference steps must be at most %d, not %d".formatted(most, numInferenceSteps));
    }
    float[] angles = angles();
    float[] sigmas = new float[angles.length];
    for (int i = 0; i < angles.length; i++) {
      sigmas[i] = (float) TrigFlow.sigma(angles[i]);
    }
    float[] told = Arrays.copyOf(sigmas, numInferenceSteps);
    return new FlowSchedule(sigmas, told, most);
  }
}
