package dev.dualprocess.flow;

import org.bytedeco.pytorch.Tensor;

/**
 * Euler's method, {@link Flow#step} along a schedule; holds nothing.
 *
 * @param schedule the noise levels
 */
public record EulerSampler(FlowSchedule schedule) implements FlowSampler {
  @Override
  public int steps() {
    return schedule.steps();
  }

  @Override
  public float sigma(int i) {
    return schedule.sigma(i);
  }

  @Override
  public float timestep(int i) {
    return schedule.timestep(i);
  }

  @Override
  public Tensor step(Tensor velocity, int i, Tensor sample) {
    return Flow.step(sample, velocity, sigma(i), sigma(i + 1));
  }

  @Override
  public void close() {}
}
