package dev.dualprocess.flow;

import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * DPM-Solver++ with several steps' estimates (arXiv 2211.01095) along a flow, α = 1 - σ, as
 * diffusers' {@code DPMSolverMultistepScheduler} runs it. From σ to σ', with λ = log α/σ and h = λ'
 * - λ:
 *
 * <pre>
 *   m₀ = z - σ û                          the clean image as seen from here; m₁, m₂ one, two steps ago
 *   z' = σ'/σ z + α'(1 - e⁻ʰ) m₀
 *        + α'(1 - e⁻ʰ)/2 D₁               second order, midpoint
 *        + α'((e⁻ʰ - 1)/h + 1) D₁         second order, Heun; third order
 *        - α'((e⁻ʰ - 1 + h)/h² - ½) D₂    third order
 *   second order   D₁ = h/h₁ (m₀ - m₁), h₁ the step before
 *   third order    D₁, D₂: the first and second differences over the two steps before
 * </pre>
 *
 * <p>The first steps, and as configured the last ones, are of lower order. One instance is one run.
 */
public final class DpmSolverMultistep implements FlowSampler {
  /** Runs shorter than this end with lower orders, where the config asks for it. */
  private static final int STABLE_STEPS = 15;

  private final DpmSolverConfig config;
  private final float[] sigmas; // N + 1
  private final long[] timesteps; // N
  private final List<Tensor> estimates = new ArrayList<>(); // m₀, m₁, m₂; kept
  private final Lifetime lifetime = new Lifetime("this sampler");
  private int next;

  /**
   * A run at its first step, its noise levels laid out.
   *
   * @param config the scheduler's file
   * @param steps N, at least 1
   */
  public DpmSolverMultistep(DpmSolverConfig config, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("inference steps must be at least 1, not " + steps);
    }
    this.config = config;
    this.sigmas = new float[steps + 1];
    this.timesteps = new long[steps];
    double shift = config.flowShift();
    double stride = (1.0 / config.numTrainTimesteps() - 1) / steps;
    for (int i = 0; i < steps; i++) {
      // From 1 - 1/T down to nearly 0 in equal strides, shifted; rounded to fp32 at the end only.
      double alpha = i == 0 ? 1.0 / config.numTrainTimesteps() : (steps - i) * stride + 1;
      double sigma = 1 - alpha;
      sigma = shift * sigma / (1 + (shift - 1) * sigma);
      sigmas[i] = (float) sigma;
      timesteps[i] = (long) (sigma * config.numTrainTimesteps());
    }
    sigmas[steps] = config.finalSigma();
  }

  @Override
  public int steps() {
    return timesteps.length;
  }

  @Override
  public float sigma(int i) {
    return sigmas[i];
  }

  /** A whole number, as diffusers hands it to the model. */
  @Override
  public float timestep(int i) {
    return timesteps[i];
  }

  /**
   * Step i; the estimate it rests on is kept for the steps after it.
   *
   * @throws IllegalStateException if {@code i} does not follow the step before
   */
  @Override
  public Tensor step(Tensor velocity, int i, Tensor sample) {
    lifetime.requireOpen();
    requireInTurn(i);
    remember(
        Memory.kept(
            () -> Flow.cleanEstimate(Ops.toFloat(sample), Ops.toFloat(velocity), sigmas[i])));
    next = i + 1;
    return Memory.scoped(() -> update(Ops.toFloat(sample), i).to(sample.scalar_type()));
  }

  private void requireInTurn(int i) {
    if (i < 0 || i >= steps()) {
      throw new IllegalArgumentException("step %d is not one of 0 to %d".formatted(i, steps() - 1));
    }
    if (!estimates.isEmpty() && i != next) {
      throw new IllegalStateException(
          "step %d does not follow step %d; each run needs a sampler of its own"
              .formatted(i, next - 1));
    }
  }

  private void remember(Tensor estimate) {
    estimates.add(0, estimate);
    if (estimates.size() > config.solverOrder()) {
      estimates.remove(config.solverOrder().intValue()).close();
    }
  }

  /** The order of step i: as many estimates as there are, fewer where the run ends. */
  private int order(int i) {
    boolean cautious = config.lowerOrderFinal() && steps() < STABLE_STEPS;
    int most = config.solverOrder();
    if (i == steps() - 1 && (cautious || config.eulerAtFinal() || config.endsAtZero())) {
      most = 1;
    } else if (i == steps() - 2 && cautious) {
      most = 2;
    }
    return Math.min(most, estimates.size());
  }

  private Tensor update(Tensor z, int i) {
    double sigma = sigmas[i];
    double sigmaNext = sigmas[i + 1];
    double alphaNext = 1 - sigmaNext;
    double h = lambda(i + 1) - lambda(i);
    double decay = Math.expm1(-h); // e⁻ʰ - 1
    int order = order(i);
    Tensor m0 = estimates.get(0);
    Tensor zNext = Ops.mul(z, sigmaNext / sigma).sub(Ops.mul(m0, alphaNext * decay));
    if (order == 1) {
      return zNext;
    }
    double second =
        order == 2 && !config.heun() ? -alphaNext * decay / 2 : alphaNext * (decay / h + 1);
    double r0 = (lambda(i) - lambda(i - 1)) / h;
    Tensor m1 = estimates.get(1);
    Tensor near = Ops.mul(m0.sub(m1), 1 / r0);
    if (order == 2) {
      return zNext.add(Ops.mul(near, second));
    }
    double third = -alphaNext * ((decay + h) / (h * h) - 0.5);
    double r1 = (lambda(i - 1) - lambda(i - 2)) / h;
    Tensor far = Ops.mul(m1.sub(estimates.get(2)), 1 / r1);
    Tensor bend = near.sub(far);
    Tensor d1 = near.add(Ops.mul(bend, r0 / (r0 + r1)));
    Tensor d2 = Ops.mul(bend, 1 / (r0 + r1));
    return zNext.add(Ops.mul(d1, second)).add(Ops.mul(d2, third));
  }

  /** λᵢ = log αᵢ/σᵢ; infinite where the image is. */
  private double lambda(int i) {
    return Math.log(1.0 - sigmas[i]) - Math.log(sigmas[i]);
  }

  @Override
  public void close() {
    lifetime.close(() -> estimates.forEach(Tensor::close));
  }
}
