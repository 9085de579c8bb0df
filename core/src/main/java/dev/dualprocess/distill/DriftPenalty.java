package dev.dualprocess.distill;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * How far a LoRA has moved an image, w mean (x̂₀ - x̂₀ without LoRA)².
 *
 * @param weight w
 * @param image x̂₀, [1, 3, H, W]
 * @param bare the same draft without the LoRA
 */
record DriftPenalty(double weight, Tensor image, Tensor bare) implements ImagePenalty {
  @Override
  public double value() {
    return weight * Memory.freeing(() -> image.sub(bare).square().mean().item_double());
  }

  /** 2 w / n (x̂₀ - x̂₀ without LoRA). */
  @Override
  public Tensor gradient() {
    return Memory.noGrad(() -> Ops.mul(image.sub(bare), 2 * weight / image.numel()));
  }
}
