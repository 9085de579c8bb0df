package dev.dualprocess.distill;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * What a LoRA has changed alike in every token of an image. A transformer can please a verifier
 * with one dot for each of its tokens.
 *
 * <p>Let m be the mean over the tokens of the change d = x̂₀ - x̂₀ without LoRA, [3, s, s], less
 * its own mean by channel. The penalty is w mean m², and mean m² is the energy of d, per pixel, at
 * all frequencies (i H / s, j W / s) but (0, 0): those of the grid of tokens and their harmonics
 * (Parseval).
 *
 * @param weight w
 * @param image x̂₀, [1, 3, H, W]; H and W are multiples of s
 * @param bare the same draft without the LoRA
 * @param side s, pixels along each side of a token
 */
record PatternPenalty(double weight, Tensor image, Tensor bare, int side) implements ImagePenalty {
  @Override
  public double value() {
    return weight * Memory.freeing(() -> pattern().square().mean().item_double());
  }

  /** 2 w / n m, in every token. */
  @Override
  public Tensor gradient() {
    return Memory.noGrad(
        () ->
            Ops.mul(pattern(), 2 * weight / image.numel())
                .expand(1, 3, rows(), side, columns(), side)
                .reshape(image.sizes()));
  }

  /** m, [1, 3, 1, s, 1, s]. */
  private Tensor pattern() {
    Tensor tokens = image.detach().sub(bare).reshape(1, 3, rows(), side, columns(), side);
    Tensor mean = tokens.mean(new long[] {2, 4}, true, null);
    return mean.sub(mean.mean(new long[] {3, 5}, true, null));
  }

  private long rows() {
    return image.size(2) / side;
  }

  private long columns() {
    return image.size(3) / side;
  }
}
