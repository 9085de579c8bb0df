package dev.dualprocess.sana;

import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * One block of the transformer.
 *
 * <pre>
 *   (mod₁, mod₂) = scaleShiftTable + modulation of the timestep
 *   x ← x + gate₁ ⊙ attn1(mod₁ norm(x))
 *   x ← x + attn2(x, text)
 *   x ← x + gate₂ ⊙ ff(mod₂ norm(x))
 * </pre>
 *
 * @param norm without weights of its own
 * @param scaleShiftTable [6, D]
 */
record SanaBlock(
    LayerNorm norm,
    LinearAttention attn1,
    TextAttention attn2,
    GatedConvMlp ff,
    Tensor scaleShiftTable) {
  static SanaBlock load(AdaptableLayers layers, Weights block, SanaTransformerConfig config) {
    long dim = config.innerDim();
    return new SanaBlock(
        LayerNorm.plain(dim, config.normEps()),
        LinearAttention.load(layers, block.in("attn1"), config),
        TextAttention.load(layers, block.in("attn2"), config),
        GatedConvMlp.load(layers, block.in("ff"), config),
        block.tensor("scale_shift_table", Modulation.PARTS, dim));
  }

  /**
   * x [B, L, D] to the same shape.
   *
   * @param modulation of the timestep, [B, 6, D]
   * @param text [B, Lt, D]
   * @param mask added to the scores of the text, [B, 1, 1, Lt]
   * @param rows of tokens, a divisor of L
   */
  Tensor forward(Tensor x, Tensor modulation, Tensor text, Tensor mask, long rows) {
    Modulation[] mod = Modulation.of(scaleShiftTable, modulation);
    Tensor h = mod[0].residual(x, attn1.forward(mod[0].applyTo(norm, x)));
    h = h.add(attn2.forward(h, text, mask));
    Tensor picture = mod[1].applyTo(norm, h).unflatten(1, rows, -1).permute(0, 3, 1, 2);
    Tensor mixed = ff.forward(picture).flatten(2, 3).transpose(1, 2); // [B, L, D]
    return mod[1].residual(h, mixed);
  }
}
