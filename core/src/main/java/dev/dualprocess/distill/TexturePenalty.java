package dev.dualprocess.distill;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How far a LoRA has moved what is drawn in an image, while colours may change as a whole: w mean
 * |∇d|² of the change d = x̂₀ - x̂₀ without LoRA, ∇ being the differences between neighbours across
 * and down (the square form of the total variation of the change). Of an even change of colour it
 * is 0; of dots, or of a thing that fades, it is large.
 *
 * @param weight w
 * @param image x̂₀, [1, 3, H, W]
 * @param bare the same draft without the LoRA
 */
record TexturePenalty(double weight, Tensor image, Tensor bare) implements ImagePenalty {
  private static final int DOWN = 2;
  private static final int ACROSS = 3;

  @Override
  public double value() {
    return weight
        / image.numel()
        * Memory.freeing(() -> squares(differences(DOWN)) + squares(differences(ACROSS)));
  }

  private static double squares(Tensor differences) {
    return differences.square().sum().item_double();
  }

  /** 2 w / n ∇ᵀ∇d: each difference pulls at its two neighbours. */
  @Override
  public Tensor gradient() {
    return Memory.noGrad(() -> Ops.mul(pulls(DOWN).add(pulls(ACROSS)), 2 * weight / image.numel()));
  }

  private Tensor pulls(int dimension) {
    Tensor differences = differences(dimension);
    long n = differences.size(dimension);
    Tensor pulls = torch.zeros_like(image.detach());
    pulls.narrow(dimension, 1, n).add_(differences);
    pulls.narrow(dimension, 0, n).sub_(differences);
    return pulls;
  }

  private Tensor differences(int dimension) {
    Tensor change = image.detach().sub(bare);
    long n = change.size(dimension) - 1;
    return change.narrow(dimension, 1, n).sub(change.narrow(dimension, 0, n));
  }
}
