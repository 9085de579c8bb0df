package dev.dualprocess.flux;

import dev.dualprocess.nn.Linear;
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
record SingleStreamBlock(AdaLayerNorm norm, Linear projMlp, AttentionStream attn, Linear projOut) {

  static SingleStreamBlock load(Linears linears, Weights block, FluxTransformerConfig config) {
    long dim = config.innerDim();
    long mlp = FeedForward.RATIO * dim;
    return new SingleStreamBlock(
        AdaLayerNorm.load(linears, block.in("norm"), dim, 3),
        linears.load(block.in("proj_mlp"), dim, mlp),
        AttentionStream.load(linears, block.in("attn"), config),
        linears.load(block.in("proj_out"), dim + mlp, dim));
  }

  /** x [B, L, D], text then image; c [B, D]. */
  Tensor forward(Tensor x, Tensor c, Rope rope) {
    Modulation mod = norm.modulations(c, 1)[0];
    Tensor xm = mod.apply(norm.norm().forward(x));
    Tensor mlp = Ops.geluTanh(projMlp.forward(xm)); // [B, L, 4 D]
    Tensor y = projOut.forward(Ops.cat(-1, attn.forward(xm).attend(rope), mlp));
    return Fp16.clipped(mod.residual(x, y));
  }
}
