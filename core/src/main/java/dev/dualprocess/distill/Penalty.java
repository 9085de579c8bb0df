package dev.dualprocess.distill;

import dev.dualprocess.Draft;
import dev.dualprocess.lora.LoraPenalty;
import dev.dualprocess.lora.LoraWeights;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** The penalties of one step, and their gradients. Without any, nothing is computed. */
final class Penalty {
  private final Regularisation weights;
  private double value;

  Penalty(Regularisation weights) {
    this.weights = weights;
  }

  /** The image of a draft without LoRA, in the caller's scope; null if nobody asks for it. */
  Tensor bare(Supplier<Draft> draft) {
    if (weights.driftPenalty() == 0) {
      return null;
    }
    return Memory.noGrad(
        () -> {
          try (Draft without = draft.get()) {
            return without.image().clone();
          }
        });
  }

  /**
   * ∂/∂image of the loss and of w mean (image - bare)².
   *
   * @param dImage of the loss alone
   */
  Tensor onImage(Tensor image, Tensor bare, Tensor dImage) {
    if (bare == null) {
      return dImage;
    }
    return Memory.noGrad(
        () -> {
          Tensor drift = image.sub(bare);
          value += weights.driftPenalty() * drift.square().mean().item_double();
          double slope = 2 * weights.driftPenalty() / drift.numel();
          return Ops.toLike(dImage, image).add(Ops.mul(drift, slope));
        });
  }

  /** Adds the gradient of w Σ ‖s BA‖² to the adapter's. */
  void onWeights(LoraWeights lora) {
    if (weights.loraPenalty() > 0) {
      value += LoraPenalty.addGradient(lora, weights.loraPenalty());
    }
  }

  /** The sum of those so far. */
  double value() {
    return value;
  }
}
