package dev.dualprocess.tensor;

import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Zeros that fill channels up to whole blocks for convolutions on the CPU.
 *
 * <p>oneDNN works on blocks of {@value #BLOCK} channels. Of a number of channels that is no
 * multiple of it, the last block has places that nobody writes; they are multiplied by zero and
 * added, so whatever an earlier tensor left there does not count, unless it is infinite or no
 * number. Then the result is not a number either. With zeros of our own there is no such place.
 */
final class WholeBlocks {
  private static final long BLOCK = 16;

  private WholeBlocks() {}

  /** Whether a convolution of such a kernel may read beyond its channels. */
  static boolean concern(Tensor x, Tensor weight, long groups) {
    return x.is_cpu() && groups == 1 && weight.size(2) * weight.size(3) > 1;
  }

  /**
   * Zeros that x [B, in, H, W] lacks to be read in whole blocks; a single block is read as it is.
   */
  static long lackingIn(Tensor weight) {
    return weight.size(1) > BLOCK ? lacking(weight.size(1)) : 0;
  }

  /** Zeros that y's gradient [B, out, H, W] lacks, if it may be read. */
  static long lackingOut(Tensor x, Tensor weight) {
    return GradMode.is_enabled() && x.requires_grad() ? lacking(weight.size(0)) : 0;
  }

  /** How many are lacking to the next multiple of a block. */
  static long lacking(long channels) {
    return Math.floorMod(-channels, BLOCK);
  }

  /** x with so many more zeros at the end of its first or second dimension. */
  static Tensor fill(Tensor x, int dim, long zeros) {
    if (zeros == 0) {
      return x;
    }
    long[] pad =
        dim == 0 ? new long[] {0, 0, 0, 0, 0, 0, 0, zeros} : new long[] {0, 0, 0, 0, 0, zeros};
    return torch.constant_pad_nd(x, pad, new Scalar(0.0));
  }
}
