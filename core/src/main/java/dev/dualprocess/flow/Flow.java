package dev.dualprocess.flow;

import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * The three equations of rectified flow that the method uses; û = G(z_t) estimates the velocity.
 */
public final class Flow {
  private Flow() {}

  /** z_t = (1 - t) x₀ + t ε (eq. 1), t in [0, 1]. */
  public static Tensor interpolate(Tensor x0, Tensor eps, double t) {
    return Ops.mul(x0, 1 - t).add(Ops.mul(eps, t));
  }

  /** z_t' = z_t + û (t' - t) (eq. 2): one sampling step, in fp32 and back in z's dtype. */
  public static Tensor step(Tensor zt, Tensor velocity, double t, double tNext) {
    return Ops.toFloat(zt).add(Ops.mul(Ops.toFloat(velocity), tNext - t)).to(zt.scalar_type());
  }

  /** x̂₀ = z_t - û t (eq. 5): the clean image as seen from t. */
  public static Tensor cleanEstimate(Tensor zt, Tensor velocity, double t) {
    return zt.sub(Ops.mul(velocity, t));
  }
}
