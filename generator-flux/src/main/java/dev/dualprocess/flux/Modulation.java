package dev.dualprocess.flux;

import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * What the conditioning vector does to one branch of a block: (1 + scale) ⊙ x + shift before it,
 * gate ⊙ y after it.
 *
 * @param shift [B, 1, D]
 * @param scale [B, 1, D]
 * @param gate [B, 1, D]
 */
record Modulation(Tensor shift, Tensor scale, Tensor gate) {
  /** (1 + scale) ⊙ norm(x) + shift: x [B, L, D] to the same shape. */
  Tensor applyTo(LayerNorm norm, Tensor x) {
    return norm.modulated(x, scale, shift);
  }

  /** x + gate ⊙ y. */
  Tensor residual(Tensor x, Tensor y) {
    return Ops.gated(x, gate, y);
  }
}
