package dev.dualprocess.nn;

import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A frozen 2D convolution without dilation or groups.
 *
 * @param weight [out, in, kernel, kernel]
 * @param bias [out], or null
 * @param stride in both directions
 * @param padding zeros on all four sides
 */
public record Conv2d(Tensor weight, Tensor bias, long stride, long padding) implements Layer {
  private static final long[] ONE = {1, 1};

  /** Reads {@code weight} and {@code bias} of a square kernel. */
  public static Conv2d load(
      Weights weights, long in, long out, long kernel, long stride, long padding) {
    return new Conv2d(
        weights.tensor("weight", out, in, kernel, kernel),
        weights.tensor("bias", out),
        stride,
        padding);
  }

  /** x [B, in, H, W] to [B, out, H', W']. */
  @Override
  public Tensor forward(Tensor x) {
    return torch.conv2d(
        x,
        weight,
        bias == null ? new TensorOptional() : new TensorOptional(bias),
        new long[] {stride, stride},
        new long[] {padding, padding},
        ONE,
        1);
  }
}
