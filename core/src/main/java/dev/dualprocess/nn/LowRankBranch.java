package dev.dualprocess.nn;

import dev.dualprocess.tensor.Finite;
import org.bytedeco.pytorch.Tensor;

/**
 * One low-rank branch of a layer, s B A x. It has an identity: the same object that was attached is
 * detached.
 */
public final class LowRankBranch {
  private final Tensor a;
  private final Tensor b;
  private final double scale;

  /**
   * A branch of those factors, which stay the caller's.
   *
   * @param a fp32, [rank, in] for a linear layer, [rank, in, kernel, kernel] for a convolution
   * @param b fp32, [out, rank] for a linear layer, [out, rank, 1, 1] for a convolution
   * @param scale s = weight · alpha / rank
   */
  public LowRankBranch(Tensor a, Tensor b, double scale) {
    this.a = a;
    this.b = b;
    this.scale = scale;
  }

  /** Whether its factors require a gradient. */
  public boolean learning() {
    return a.requires_grad() || b.requires_grad();
  }

  /** Whether both factors are; looks at every number. */
  public boolean isFinite() {
    return Finite.all(a) && Finite.all(b);
  }

  /** A: fp32 [rank, in], or [rank, in, kernel, kernel]. */
  public Tensor a() {
    return a;
  }

  /** B: fp32 [out, rank], or [out, rank, 1, 1]. */
  public Tensor b() {
    return b;
  }

  /** s, the factor of B A x. */
  public double scale() {
    return scale;
  }
}
