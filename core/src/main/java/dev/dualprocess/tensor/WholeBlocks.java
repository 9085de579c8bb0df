package dev.dualprocess.tensor;

import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Zeros that fill channels up to whole blocks for convolutions on the CPU.
 *
 * <p>oneDNN works on blocks of {@value #BLOCK} channels. Of a number of channels that is no
 * multiple of it, the last block has places beyond them, which should be zero; on processors that
 * do not {@linkplain Processor#tellsItsCaches tell their caches} oneDNN 3.7 leaves there what an
 * earlier tensor has left, and adds it to the result. With zeros of our own there are no such
 * places.
 *
 * <p>It is done on every processor, so that all compute the same.
 *
 * <p>A convolution of a larger step carries back a wrong gradient where its input has three or five
 * blocks; there an even number of blocks is whole.
 */
final class WholeBlocks {
  private static final long BLOCK = 16;

  private WholeBlocks() {}

  /**
   * x [B, C, H, W] with each channel's places side by side. Where a place's channels are, oneDNN
   * 3.7 computes wrong values in a 1x1 convolution to some numbers of channels (80 is one) as soon
   * as it has two threads.
   */
  static Tensor inOrder(Tensor x) {
    return x.is_cpu() ? x.contiguous() : x;
  }

  /** Whether a convolution with that kernel is done in blocks, some of which are not whole. */
  static boolean lacking(Tensor x, Tensor weight, long stride, long groups) {
    return x.is_cpu()
        && groups == 1
        && (lacking(weight.size(0), BLOCK) > 0 || lacking(weight.size(1), inBlock(stride)) > 0);
  }

  private static long inBlock(long stride) {
    return stride > 1 ? 2 * BLOCK : BLOCK;
  }

  private static long lacking(long channels, long block) {
    return Math.floorMod(-channels, block);
  }

  /** x [B, in, H, W] with zeros for the channels that it lacks. */
  static Tensor input(Tensor x, long stride) {
    return padded(x, 0, 0, 0, 0, 0, lacking(x.size(1), inBlock(stride)));
  }

  /** dy [B, out, H, W] with zeros for the channels that it lacks. */
  static Tensor gradient(Tensor dy) {
    return padded(dy, 0, 0, 0, 0, 0, lacking(dy.size(1), BLOCK));
  }

  /** weight [out, in, k, k] with zeros for the channels that it lacks on both sides. */
  static Tensor kernel(Tensor weight, long stride) {
    long in = lacking(weight.size(1), inBlock(stride));
    return padded(weight, 0, 0, 0, 0, 0, in, 0, lacking(weight.size(0), BLOCK));
  }

  /** bias [out] with zeros, or null. */
  static @Nullable Tensor bias(@Nullable Tensor bias) {
    return bias == null ? null : padded(bias, 0, lacking(bias.size(0), BLOCK));
  }

  /** The first channels of y [B, C', H, W]. */
  static Tensor cut(Tensor y, long channels) {
    return y.size(1) == channels ? y : y.narrow(1, 0, channels).contiguous();
  }

  private static Tensor padded(Tensor x, long... zeros) {
    return LongStream.of(zeros).allMatch(n -> n == 0)
        ? x
        : torch.constant_pad_nd(x, zeros, new Scalar(0.0));
  }
}
