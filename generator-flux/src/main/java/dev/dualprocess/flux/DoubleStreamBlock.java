package dev.dualprocess.flux;

import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.nn.Linear;
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
    FeedForward ffContext) {

  static DoubleStreamBlock load(Linears linears, Weights block, FluxTransformerConfig config) {
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
        FeedForward.load(linears, block.in("ff_context"), dim));
  }

  /** s [B, Lt, D] and [B, Li, D], c [B, D]. */
  Streams forward(Streams s, Tensor c, Rope rope) {
    Modulation[] img = norm1.modulations(c, 2);
    Modulation[] txt = norm1Context.modulations(c, 2);

    Heads imgHeads = attn.forward(img[0].applyTo(norm1.norm(), s.img()));
    Heads txtHeads = attnAdded.forward(txt[0].applyTo(norm1Context.norm(), s.txt()));
    Streams attended = Streams.cut(txtHeads.then(imgHeads).attend(rope), s);

    Tensor x = img[0].residual(s.img(), toOut.forward(attended.img()));
    x = img[1].residual(x, ff.forward(img[1].applyTo(norm2, x)));
    Tensor y = txt[0].residual(s.txt(), toAddOut.forward(attended.txt()));
    y = txt[1].residual(y, ffContext.forward(txt[1].applyTo(norm2, y)));
    return new Streams(Fp16.clipped(y), x);
  }
}
