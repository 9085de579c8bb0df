package dev.dualprocess.flow;

import java.util.Arrays;

/**
 * The noise levels of diffusers' {@code FlowMatchEulerDiscreteScheduler}, for any number of steps.
 *
 * <pre>
 *   fixed shift s          σ ← s σ / (1 + (s - 1) σ)
 *   dynamic, exponential   σ ← e^μ / (e^μ + 1/σ - 1)
 *   dynamic, linear        σ ← μ / (μ + 1/σ - 1)
 *   μ                      a line in the number of image tokens, base to max
 * </pre>
 *
 * @param config the scheduler's file; dynamic shifting holds if it says so
 */
public record FlowMatchEulerSchedule(FlowMatchEulerConfig config) {

  /**
   * The levels of the FLUX.1 pipeline and of the authors' training loop: σ from 1 to 1/N in equal
   * strides, then shifted.
   *
   * @param steps N, at least 1
   * @param imageSeqLen tokens of the image; counts for dynamic shifting only
   */
  public FlowSchedule pipeline(int steps, long imageSeqLen) {
    // The strides are rounded to fp32 before they are shifted, as in diffusers.
    double[] sigmas = linspace(1, 1.0 / requirePositive(steps), steps);
    for (int i = 0; i < steps; i++) {
      sigmas[i] = (float) sigmas[i];
    }
    return finish(sigmas, imageSeqLen);
  }

  /**
   * The levels of {@code set_timesteps(N)} alone: in equal strides over the levels of training,
   * which already carry a fixed shift, then shifted (again).
   *
   * @param steps N, at least 1
   * @param imageSeqLen tokens of the image; counts for dynamic shifting only
   */
  public FlowSchedule setTimesteps(int steps, long imageSeqLen) {
    float smallest = 1f / config.numTrainTimesteps();
    double sigmaMin =
        config.useDynamicShifting() ? smallest : (float) fixedShift(smallest, config.shift());
    return finish(linspace(1, sigmaMin, requirePositive(steps)), imageSeqLen);
  }

  /** μ: how strongly an image of that many tokens is shifted. */
  public double mu(long imageSeqLen) {
    double slope =
        (config.maxShift() - config.baseShift())
            / (config.maxImageSeqLen() - config.baseImageSeqLen());
    return imageSeqLen * slope + config.baseShift() - slope * config.baseImageSeqLen();
  }

  private FlowSchedule finish(double[] sigmas, long imageSeqLen) {
    double[] shifted = Arrays.stream(sigmas).map(sigma -> shifted(sigma, imageSeqLen)).toArray();
    if (config.shiftTerminal() != null && config.shiftTerminal() != 0) {
      stretch(shifted, config.shiftTerminal());
    }
    float[] all = new float[shifted.length + 1]; // the last one is 0, the image
    for (int i = 0; i < shifted.length; i++) {
      all[i] = (float) shifted[i];
    }
    return new FlowSchedule(all, config.numTrainTimesteps());
  }

  private double shifted(double sigma, long imageSeqLen) {
    if (!config.useDynamicShifting()) {
      return fixedShift(sigma, config.shift());
    }
    double mu = mu(imageSeqLen);
    double strength = config.timeShiftType().equals("exponential") ? Math.exp(mu) : mu;
    return strength / (strength + (1 / sigma - 1));
  }

  private static double fixedShift(double sigma, double shift) {
    return shift * sigma / (1 + (shift - 1) * sigma);
  }

  /** 1 - σ is scaled so that the last level becomes {@code terminal}. */
  private static void stretch(double[] sigmas, double terminal) {
    double last = 1 - sigmas[sigmas.length - 1];
    if (last == 0) {
      throw new IllegalArgumentException(
          "shift_terminal " + terminal + " needs at least 2 inference steps");
    }
    double scale = last / (1 - terminal);
    for (int i = 0; i < sigmas.length; i++) {
      sigmas[i] = 1 - (1 - sigmas[i]) / scale;
    }
  }

  private static int requirePositive(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("inference steps must be at least 1, not " + steps);
    }
    return steps;
  }

  private static double[] linspace(double from, double to, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = i == 0 ? from : i == count - 1 ? to : from + i * ((to - from) / (count - 1));
    }
    return values;
  }
}
