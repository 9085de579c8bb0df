package dev.dualprocess.nn;

import dev.dualprocess.weights.Weights;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
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

  /**
   * A result with what its backward needs.
   *
   * @param y of x's shape
   * @param mean [B, groups]
   * @param rstd 1 / sqrt(var + eps), [B, groups]
   */
  public record Normed(Tensor y, Tensor mean, Tensor rstd) {}

  /**
   * {@link #forward} where nothing is recorded: its value with the statistics that {@link
   * #backward} needs.
   */
  public Normed normed(Tensor x) {
    if (WholeDeviceNorm.suits(x)) {
      return WholeDeviceNorm.of(this, x);
    }
    long places = x.numel() / (x.size(0) * x.size(1));
    try (T_TensorTensorTensor_T all =
        torch.native_group_norm(
            x,
            new TensorOptional(weight),
            new TensorOptional(bias),
            x.size(0),
            x.size(1),
            places,
            groups,
            eps)) {
      return new Normed(new Tensor(all.get0()), new Tensor(all.get1()), new Tensor(all.get2()));
    }
  }

  /** What dy carries back to x; {@code normed.y} is not read and may be closed. */
  public Tensor backward(Tensor x, Normed normed, Tensor dy) {
    long places = x.numel() / (x.size(0) * x.size(1));
    return torch
        .native_group_norm_backward(
            dy,
            x,
            normed.mean,
            normed.rstd,
            new TensorOptional(weight),
            x.size(0),
            x.size(1),
            places,
            groups,
            new BoolPointer(3).put(0, true).put(1, false).put(2, false))
        .get0();
  }

  /** x [B, C, ...] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    if (!GradMode.is_enabled() && WholeDeviceNorm.suits(x)) {
      return WholeDeviceNorm.of(this, x).y();
    }
    return torch.group_norm(
        x, groups, new TensorOptional(weight), new TensorOptional(bias), eps, false);
  }
}
