package dev.dualprocess.nn;

import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * y = (x - mean) / sqrt(var + eps) · weight + bias, mean and variance over each group of channels.
 *
 * @param groups number of groups
 * @param weight [C]
 * @param bias [C]
 * @param eps added to the variance
 */
public record GroupNorm(long groups, Tensor weight, Tensor bias, double eps) implements Layer {
  /** Reads {@code weight} and {@code bias}. */
  public static GroupNorm load(Weights weights, long groups, long channels, double eps) {
    return new GroupNorm(
        groups, weights.tensor("weight", channels), weights.tensor("bias", channels), eps);
  }

  /** x [B, C, ...] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    return torch.group_norm(
        x, groups, new TensorOptional(weight), new TensorOptional(bias), eps, false);
  }
}
