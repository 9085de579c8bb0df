package dev.dualprocess.tensor;

import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A product with a frozen matrix as a convolution of 1x1 over a picture of one row, in which each
 * row of x is a pixel and nothing has to be copied.
 *
 * <p>On the CPU in fp32 libtorch gives matrix products to OpenBLAS, whose threads are a second pool
 * beside ATen's, and convolutions to oneDNN, which uses ATen's. Two pools on one machine wait for
 * each other by spinning (see {@link Torch#setThreads}); one that does all the work is faster than
 * either. Not where the processor hides its caches, as some virtual machines do: oneDNN 3.7 divides
 * by their size there.
 */
final class PointwiseProduct {
  /** Multiplications from which on it pays; below, setting up a convolution takes longer. */
  private static final long LEAST = 1 << 25;

  private static final boolean KNOWN_CACHES = Processor.tellsItsCaches();

  private static final long[] ONES = {1, 1};
  private static final long[] ZEROS = {0, 0};

  private PointwiseProduct() {}

  /** Whether {@code multiplications} of x with that matrix are better done so. */
  static boolean suits(Tensor x, Tensor weight, long multiplications) {
    return multiplications >= LEAST
        && x.is_cpu()
        && Dtype.of(x) == Dtype.FLOAT32
        && Dtype.of(weight) == Dtype.FLOAT32
        && !weight.requires_grad()
        && weight.is_contiguous()
        && Torch.threads() > 1
        && KNOWN_CACHES;
  }

  /** x Wᵀ (+ b): x [..., in], weight [out, in], bias [out] or null. */
  static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    TensorOptional b = bias == null ? new TensorOptional() : new TensorOptional(bias);
    return rows(torch.conv2d(picture(x), kernel(weight), b, ONES, ZEROS, ONES, 1), x);
  }

  /** dy W: dy [..., out], weight [out, in]. */
  static Tensor transposed(Tensor dy, Tensor weight) {
    Tensor y = picture(dy);
    Tensor x = dy.new_empty(1, 1, y.size(3), weight.size(1)).permute(0, 3, 1, 2); // for its shape
    return rows(
        torch
            .convolution_backward(
                y,
                x,
                kernel(weight),
                new LongArrayRefOptional(),
                ONES,
                ZEROS,
                ONES,
                false,
                ZEROS,
                1,
                new BoolPointer(3).put(0, true).put(1, false).put(2, false))
            .get0(),
        dy);
  }

  /** [..., C] as [1, C, 1, n], in memory as it was. */
  private static Tensor picture(Tensor x) {
    long channels = x.size(-1);
    return x.reshape(1, 1, x.numel() / channels, channels).permute(0, 3, 1, 2);
  }

  /** [1, C, 1, n] as rows in the shape of {@code like} but for their length. */
  private static Tensor rows(Tensor picture, Tensor like) {
    long[] shape = like.shape();
    shape[shape.length - 1] = picture.size(1);
    return picture.permute(0, 2, 3, 1).reshape(shape);
  }

  private static Tensor kernel(Tensor weight) {
    return weight.view(weight.size(0), weight.size(1), 1, 1);
  }
}
