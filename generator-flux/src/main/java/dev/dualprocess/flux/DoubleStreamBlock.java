package dev.dualprocess.flux;

import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * One block with weights for text and image of their own, which meet in one attention.
 *
 * <pre>
 *   (mod₁, mod₂) = modulations(c)                         for each stream
 *   (a_txt, a_img) = attn(mod₁ norm(txt) ‖ mod₁ norm(img))
 *   x ← x + gate₁ ⊙ out(a),   x ← x + gate₂ ⊙ ff(mod₂ norm(x))
 * </pre>
 */
record DoubleStreamBlock(
    AdaLayerNorm norm1,
    AdaLayerNorm norm1Context,
    AttentionStream attn,
    AttentionStream attnAdded,
    Linear toOut,
    Linear toAddOut,
    LayerNorm norm2,
    FeedForward ff,
    FeedForward ffContext,
    Blocks blocks) {

  static DoubleStreamBlock load(
      Linears linears, Weights block, FluxTransformerConfig config, Blocks blocks) {
    long dim = config.innerDim();
    Weights attn = block.in("attn");
    return new DoubleStreamBlock(
        AdaLayerNorm.load(linears, block.in("norm1"), dim, 6),
        AdaLayerNorm.load(linears, block.in("norm1_context"), dim, 6),
        AttentionStream.load(linears, attn, config),
        AttentionStream.loadAdded(linears, attn, config),
        linears.load(attn.in("to_out").in(0), dim, dim),
        linears.load(attn.in("to_add_out"), dim, dim),
        LayerNorm.plain(dim, AdaLayerNorm.EPS),
        FeedForward.load(linears, block.in("ff"), dim),
        FeedForward.load(linears, block.in("ff_context"), dim),
        blocks);
  }

  /** s [B, Lt, D] and [B, Li, D], c [B, D]. */
  Streams forward(Streams s, Tensor c, Rope rope) {
    Modulation[] img = norm1.modulations(c, 2);
    Modulation[] txt = norm1Context.modulations(c, 2);
    Heads imgHeads = attn.forward(img[0].applyTo(norm1.norm(), s.img()));
    Heads txtHeads = attnAdded.forward(txt[0].applyTo(norm1Context.norm(), s.txt()));
    Streams a = Streams.cut(txtHeads.then(imgHeads).attend(rope), s);
    Tensor hTxt = txt[0].residual(s.txt(), toAddOut.forward(a.txt()));
    Tensor hImg = img[0].residual(s.img(), toOut.forward(a.img()));
    return new Streams(mixed(hTxt, txt[1], ffContext), mixed(hImg, img[1], ff));
  }

  /** The second branch of one stream. */
  private Tensor mixed(Tensor x, Modulation mod, FeedForward mlp) {
    Tensor u = mlp.inner(mod.applyTo(norm2, x));
    return mod.residual(x, blocks.last(mlp.down(), u, mod.gate()));
  }
}
