package dev.dualprocess.distill;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * How far a LoRA has moved a velocity, w mean (û - û without LoRA)², at the same latents and noise
 * level. Nothing is decoded for it, so that it costs one pass of the transformer.
 *
 * @param weight w
 * @param velocity û, [1, latent shape]
 * @param bare the same without the LoRA
 */
record VelocityPenalty(double weight, Tensor velocity, Tensor bare) {
  /** What is added to the loss, a scalar on the device; in the caller's scope. */
  Tensor value() {
    return Memory.noGrad(() -> Ops.mul(velocity.sub(bare).square().mean(), weight));
  }

  /** 2 w / n (û - û without LoRA), in the caller's scope. */
  Tensor gradient() {
    return Memory.noGrad(() -> Ops.mul(velocity.sub(bare), 2 * weight / velocity.numel()));
  }
}
