package dev.dualprocess.tensor;

import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Vector-Jacobian products of some {@link Ops}, for those who go backward without a recorded graph:
 * the gradient of the result to that of the input.
 */
public final class Vjp {
  private Vjp() {}

  /** dy W, what {@link Ops#linear} carries back: dy [..., out], weight [out, in] to [..., in]. */
  public static Tensor linear(Tensor dy, Tensor weight) {
    long multiplications = dy.numel() * weight.size(1);
    Flops.transposed(multiplications);
    return PointwiseProduct.suits(dy, weight, multiplications)
        ? PointwiseProduct.transposed(dy, weight)
        : dy.matmul(weight);
  }

  /**
   * What {@link Ops#conv2d} of step 1 carries back: dOut [B, out, H, W] to the shape of x, [B, in,
   * h, w].
   */
  public static Tensor conv2d(Tensor dOut, Tensor weight, long[] padding, long groups) {
    Tensor dy = WholeBlocks.inOrder(dOut);
    Flops.transposed(dy.numel() * weight.size(1) * weight.size(2) * weight.size(3));
    return WholeBlocks.lacking(dy, weight, 1, groups)
        ? WholeBlocks.cut(
            convolvedBack(WholeBlocks.gradient(dy), WholeBlocks.kernel(weight, 1), padding, 1),
            weight.size(1))
        : convolvedBack(dy, weight, padding, groups);
  }

  private static Tensor convolvedBack(Tensor dy, Tensor weight, long[] padding, long groups) {
    Tensor x = // for its shape
        dy.new_empty(
            dy.size(0),
            weight.size(1) * groups,
            dy.size(2) + weight.size(2) - 1 - 2 * padding[0],
            dy.size(3) + weight.size(3) - 1 - 2 * padding[1]);
    long[] ones = {1, 1};
    long[] zeros = {0, 0};
    return torch
        .convolution_backward(
            dy,
            x,
            weight,
            new LongArrayRefOptional(),
            ones,
            padding,
            ones,
            false,
            zeros,
            groups,
            new BoolPointer(3).put(0, true).put(1, false).put(2, false))
        .get0();
  }

  /** The gradient of {@link Ops#silu} at x, times dy, written over dy. */
  public static Tensor silu(Tensor x, Tensor dy) {
    return torch.silu_backward_out(dy, dy, x);
  }
}
