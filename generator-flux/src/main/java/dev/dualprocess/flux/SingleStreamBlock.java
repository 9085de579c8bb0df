package dev.dualprocess.flux;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * One block over text and image tokens together, attention and MLP side by side (arXiv 2302.05442).
 *
 * <pre>
 *   (shift, scale, gate) = modulation(c)
 *   x̃ = (1 + scale) ⊙ norm(x) + shift
 *   x ← x + gate ⊙ projOut[ attn(x̃) ; gelu(projMlp x̃) ]
 * </pre>
 */
record SingleStreamBlock(
    AdaLayerNorm norm, Linear projMlp, AttentionStream attn, Linear projOut, Blocks blocks) {

  static SingleStreamBlock load(
      Linears linears, Weights block, FluxTransformerConfig config, Blocks blocks) {
    long dim = config.innerDim();
    long mlp = FeedForward.RATIO * dim;
    return new SingleStreamBlock(
        AdaLayerNorm.load(linears, block.in("norm"), dim, 3),
        linears.load(block.in("proj_mlp"), dim, mlp),
        AttentionStream.load(linears, block.in("attn"), config),
        linears.load(block.in("proj_out"), dim + mlp, dim),
        blocks);
  }

  /** x [B, L, D], text then image; c [B, D]. */
  Tensor forward(Tensor x, Tensor c, Rope rope) {
    return forward(x, c, rope, x.size(1));
  }

  /**
   * The last tokens alone, which see all of them: x [B, L, D] to [B, wanted, D]. Behind the last
   * block, nobody reads the text.
   */
  Tensor forward(Tensor x, Tensor c, Rope rope, long wanted) {
    Modulation mod = norm.modulations(c, 1)[0];
    Tensor xm = mod.applyTo(norm.norm(), x);
    Tensor ym = last(xm, wanted);
    Tensor mlp = Ops.geluTanh(projMlp.forward(ym));
    Tensor u = Ops.cat(-1, attn.forward(ym, xm).attend(rope), mlp); // [B, wanted, 5 D]
    return mod.residual(last(x, wanted), blocks.last(projOut, u, mod.gate()));
  }

  private static Tensor last(Tensor x, long wanted) {
    long all = x.size(1);
    return wanted == all ? x : x.narrow(1, all - wanted, wanted);
  }
}
