package dev.dualprocess.distill;

import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam with decoupled weight decay (arXiv 1711.05101, algorithm 2) over one vector of parameters,
 * in the order of operations of {@code torch.optim.AdamW}:
 *
 * <pre>
 *   θ ← θ (1 - η λ)
 *   m ← m + (1 - β₁) (g - m)
 *   v ← β₂ v + (1 - β₂) g²
 *   θ ← θ - η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
 * </pre>
 *
 * Not thread-safe.
 */
public final class Adam implements AutoCloseable {
  private static final double CLIP_EPS = 1e-6;

  private final AdamSettings settings;
  private final Tensor theta; // [n], not owned
  private final Tensor gradient; // [n], not owned
  private final Tensor m; // [n]
  private final Tensor v; // [n]
  private final Lifetime lifetime = new Lifetime("this optimizer");
  private Runnable beforeMoving = () -> {};
  private long t;

  /** For parameters and their gradient, both fp32 [n], which stay the caller's. */
  public Adam(Tensor theta, Tensor gradient, AdamSettings settings) {
    this.settings = settings;
    this.theta = theta;
    this.gradient = gradient;
    this.m = Memory.kept(() -> torch.zeros_like(theta));
    this.v = Memory.kept(() -> torch.zeros_like(theta));
  }

  /** Has every step run this once its gradient was found finite, before anything is changed. */
  void beforeMoving(Runnable hook) {
    beforeMoving = hook;
  }

  /**
   * Clips the gradient, moves the parameters, and sets the gradient to zero.
   *
   * @return the gradient's norm before it was clipped
   * @throws DistillationException if that is no number; parameters and moments are then as before
   */
  public double step() {
    return step(settings.learningRate());
  }

  /** {@link #step()} at another learning rate, for a rate that changes over time. */
  public double step(double learningRate) {
    lifetime.requireOpen();
    double[] norm = new double[1];
    Memory.withoutGrad(
        () -> {
          Tensor length = gradient.norm();
          norm[0] = length.item_double();
          requireFinite(norm[0]);
          beforeMoving.run();
          clip(length);
          move(learningRate);
          gradient.zero_();
        });
    return norm[0];
  }

  /** Forgets what a backward pass has left that did not come to its end. */
  void discardGradient() {
    Memory.withoutGrad(() -> gradient.zero_());
  }

  private void requireFinite(double norm) {
    if (!Double.isFinite(norm)) {
      throw new DistillationException(
          "the gradient became %s at step %d%s"
              .formatted(norm, t + 1, t == 0 ? "" : ": lower the learning rate, or use fp32"));
    }
  }

  private void clip(Tensor length) {
    Tensor factor = Ops.add(length, CLIP_EPS).reciprocal().mul(new Scalar(settings.maxGradNorm()));
    gradient.mul_(factor.clamp_max(new Scalar(1.0)));
  }

  private void move(double learningRate) {
    t++;
    if (settings.weightDecay() > 0) {
      theta.mul_(new Scalar(1 - learningRate * settings.weightDecay()));
    }
    m.lerp_(gradient, new Scalar(1 - settings.beta1()));
    v.mul_(new Scalar(settings.beta2()))
        .addcmul_(gradient, gradient, new Scalar(1 - settings.beta2()));
    double correction1 = 1 - Math.pow(settings.beta1(), (double) t);
    double correction2 = Math.sqrt(1 - Math.pow(settings.beta2(), (double) t));
    Tensor denominator = v.sqrt().div_(new Scalar(correction2)).add_(new Scalar(settings.eps()));
    theta.addcdiv_(m, denominator, new Scalar(-learningRate / correction1));
  }

  /** First moment, fp32 [n]. */
  public Tensor firstMoment() {
    lifetime.requireOpen();
    return m;
  }

  /** Second moment, fp32 [n]. */
  public Tensor secondMoment() {
    lifetime.requireOpen();
    return v;
  }

  /** t, how many steps were taken. */
  public long steps() {
    return t;
  }

  /** Continues after {@code steps} steps with those moments, which are copied. */
  public void restore(Tensor firstMoment, Tensor secondMoment, long steps) {
    lifetime.requireOpen();
    Memory.withoutGrad(
        () -> {
          m.copy_(firstMoment);
          v.copy_(secondMoment);
        });
    t = steps;
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          m.close();
          v.close();
        });
  }
}
