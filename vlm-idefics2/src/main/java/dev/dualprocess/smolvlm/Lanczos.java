package dev.dualprocess.smolvlm;

import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The Lanczos filter of {@link dev.dualprocess.image.Resampling#LANCZOS} without its rounding, as a
 * matrix on one axis: with s = from / to, w = max(s, 1) and the sinc windowed by a sinc three times
 * as wide,
 *
 * <pre>
 *   A[i, j] ∝ sinc(t) sinc(t / 3) where |t| &lt; 3, t = (j + 0.5 - (i + 0.5) s) / w
 *   Σⱼ A[i, j] = 1
 * </pre>
 */
final class Lanczos {
  private static final double SUPPORT = 3;

  private Lanczos() {}

  /** A as fp32 [to, from], computed on {@code device} and without waiting for it. */
  static Tensor matrix(int from, int to, Device device) {
    double scale = (double) from / to;
    Tensor centres = Ops.mul(half(to, device), scale).unsqueeze(1);
    Tensor t = Ops.mul(half(from, device).sub(centres), 1 / Math.max(scale, 1));
    Tensor inside = t.abs().lt(new Scalar(SUPPORT));
    Tensor weights = t.sinc().mul(Ops.mul(t, 1 / SUPPORT).sinc()).mul(inside);
    return Ops.toFloat(weights.div(weights.sum(1).unsqueeze(1)));
  }

  /** The centres of n pixels: 0.5, 1.5, ... in fp64. */
  private static Tensor half(int n, Device device) {
    return Ops.add(Ops.arange(n, device).to(torch.ScalarType.Double), 0.5);
  }
}
