package dev.dualprocess.sana;

import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * What the timestep does to one branch of a block: (1 + scale) ⊙ x + shift before it, gate ⊙ y
 * after it.
 *
 * @param shift [B, 1, D]
 * @param scale [B, 1, D]
 * @param gate [B, 1, D]
 */
record Modulation(Tensor shift, Tensor scale, Tensor gate) {
  /** Vectors of a block: shift, scale and gate of the attention, then of the feed-forward part. */
  static final int PARTS = 6;

  /** Of both branches: the block's table [6, D] plus what all blocks share, [B, 6, D]. */
  static Modulation[] of(Tensor table, Tensor shared) {
    Tensor[] parts = Ops.chunk(table.unsqueeze(0).add(shared), PARTS, 1);
    return new Modulation[] {
      new Modulation(parts[0], parts[1], parts[2]), new Modulation(parts[3], parts[4], parts[5])
    };
  }

  /** (1 + scale) ⊙ norm(x) + shift: x [B, L, D] to the same shape. */
  Tensor applyTo(LayerNorm norm, Tensor x) {
    return norm.modulated(x, scale, shift);
  }

  /** x + gate ⊙ y. */
  Tensor residual(Tensor x, Tensor y) {
    return Ops.gated(x, gate, y);
  }
}
