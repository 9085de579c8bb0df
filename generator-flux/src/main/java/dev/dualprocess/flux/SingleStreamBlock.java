package dev.dualprocess.flux;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.recompute.Branch;
import dev.dualprocess.recompute.Ending;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import java.util.List;
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
    return forward(x, c, rope, x.size(1));
  }

  /**
   * The same for the last tokens alone, which see all of them: x [B, L, D] to [B, wanted, D].
   * Behind the last block, nobody reads the text.
   */
  Tensor forward(Tensor x, Tensor c, Rope rope, long wanted) {
    Modulation mod = norm.modulations(c, 1)[0];
    LastTokens last = new LastTokens(x.size(1), wanted);
    Tensor[] y =
        Blocks.residuals(
            List.of(last),
            in -> {
              Modulation m = new Modulation(in[1], in[2], in[3]);
              return new Branch[] {m.gated(inner(in[0], m, rope, last))};
            },
            List.of(projOut),
            x,
            mod.shift(),
            mod.scale(),
            mod.gate());
    return Fp16.clipped(y[0]);
  }

  /** What {@code projOut} reads: x [B, L, D] to [B, wanted, 5 D]. */
  private Tensor inner(Tensor x, Modulation mod, Rope rope, LastTokens last) {
    Tensor xm = mod.applyTo(norm.norm(), x);
    Tensor ym = last.forward(xm);
    Tensor mlp = Ops.geluTanh(projMlp.forward(ym));
    return Ops.cat(-1, attn.forward(ym, xm).attend(rope), mlp);
  }

  /** The last {@code wanted} of {@code all} tokens: [B, L, D] to [B, wanted, D]. */
  private record LastTokens(long all, long wanted) implements Ending {
    @Override
    public Tensor forward(Tensor x) {
      return wanted == all ? x : x.narrow(1, all - wanted, wanted);
    }

    @Override
    public Tensor backward(Tensor x, Tensor dy) {
      return wanted == all
          ? dy
          : Ops.cat(1, dy.new_zeros(dy.size(0), all - wanted, dy.size(2)), dy);
    }
  }
}
