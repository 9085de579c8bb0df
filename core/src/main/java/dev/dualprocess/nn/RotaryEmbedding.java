package dev.dualprocess.nn;

import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * Rotary position embedding in its rotate-half form (arXiv 2104.09864; the layout of GPT-NeoX): x
 * cos + r(x) sin, r(x₁, x₂) = (x₂, x₁) over the two halves of the last dimension.
 *
 * @param cos broadcastable to x, fp32
 * @param sin broadcastable to x, fp32; of the first half, its negative
 */
public record RotaryEmbedding(Tensor cos, Tensor sin) {
  /** Of the angles [..., D/2], each used for both halves. */
  public static RotaryEmbedding ofAngles(Tensor angles) {
    Tensor cos = angles.cos();
    Tensor sin = angles.sin();
    return new RotaryEmbedding(Ops.cat(-1, cos, cos), Ops.cat(-1, sin.neg(), sin));
  }

  /** 1 / theta^(2i/dim), i = 0 .. dim/2 - 1, on the CPU: fp32 [dim/2]. */
  public static Tensor inverseFrequencies(long dim, double theta) {
    float[] values = new float[Math.toIntExact(dim / 2)];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1f / (float) Math.pow(theta, (float) (2 * i) / dim);
    }
    return Ops.floats(values, values.length);
  }

  /** x [..., D] turned, computed in fp32, in x's dtype. */
  public Tensor apply(Tensor x) {
    Tensor x32 = Ops.toFloat(x);
    Tensor swapped = x32.roll(new long[] {x.size(-1) / 2}, -1);
    return x32.mul(cos).add(swapped.mul(sin)).to(x.scalar_type());
  }
}
