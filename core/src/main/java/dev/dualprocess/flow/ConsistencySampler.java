package dev.dualprocess.flow;

import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * Sampling by a consistency model, whose every estimate is meant to be the image itself: from σ to
 * the clean estimate (eq. 5), and from there to σ' with fresh noise (eq. 1). How that is the
 * published scheduler's step, {@link TrigFlow} says.
 *
 * <pre>
 *   x̂₀ = z - σ û
 *   z' = (1 - σ') x̂₀ + σ' ε'
 * </pre>
 *
 * One instance is one run.
 *
 * @param schedule the noise levels
 * @param noise where ε' comes from
 */
public record ConsistencySampler(FlowSchedule schedule, StepNoise noise) implements FlowSampler {
  /** Fresh noise follows from the noise that a run begins with. */
  public ConsistencySampler(FlowSchedule schedule) {
    this(schedule, new SeededStepNoise());
  }

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

  /** c ε: the noise lies on the circle, and σ₀ need not be 1. */
  @Override
  public Tensor begin(Tensor noise) {
    return Ops.mul(noise, Math.hypot(sigma(0), 1 - sigma(0)));
  }

  @Override
  public Tensor step(Tensor velocity, int i, Tensor sample) {
    Tensor x0 = Flow.cleanEstimate(Ops.toFloat(sample), Ops.toFloat(velocity), sigma(i));
    double next = sigma(i + 1);
    Tensor z = next == 0 ? x0 : Flow.interpolate(x0, noise.after(i, sample), next);
    return z.to(sample.scalar_type());
  }

  @Override
  public void close() {}
}
