package dev.dualprocess.nn;

import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * y = (x - mean) / sqrt(var + eps) (· weight + bias), mean and variance over the last dimension.
 *
 * @param dim D, the last dimension
 * @param weight [D], or null
 * @param bias [D], or null
 * @param eps added to the variance
 */
public record LayerNorm(long dim, @Nullable Tensor weight, @Nullable Tensor bias, double eps)
    implements Layer {
  /** Reads {@code weight} and {@code bias}. */
  public static LayerNorm load(Weights weights, long dim, double eps) {
    return new LayerNorm(dim, weights.tensor("weight", dim), weights.tensor("bias", dim), eps);
  }

  /** Without weight and bias. */
  public static LayerNorm plain(long dim, double eps) {
    return new LayerNorm(dim, null, null, eps);
  }

  /** x [..., D] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    return torch.layer_norm(x, new long[] {dim}, optional(weight), optional(bias), eps, false);
  }

  /**
   * (1 + scale) ⊙ y + shift for a norm without weights: x [B, L, D], scale and shift [B, 1, D].
   * With one row of them, as in training, they are the norm's own weights, which takes no further
   * pass.
   */
  public Tensor modulated(Tensor x, Tensor scale, Tensor shift) {
    if (scale.size(0) > 1 || shift.size(0) > 1) {
      return Ops.modulate(forward(x), scale, shift);
    }
    return torch.layer_norm(
        x,
        new long[] {dim},
        new TensorOptional(Ops.add(scale, 1.0).flatten()),
        new TensorOptional(shift.flatten()),
        eps,
        false);
  }

  private static TensorOptional optional(@Nullable Tensor t) {
    return t == null ? new TensorOptional() : new TensorOptional(t);
  }
}
