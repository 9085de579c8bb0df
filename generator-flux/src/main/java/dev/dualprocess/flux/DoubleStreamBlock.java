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

    Streams h =
        s.plus((x, t, i) -> attended(x, t, i, rope), txt[0], img[0], toAddOut, toOut)
            .plus(this::mixed, txt[1], img[1], ffContext.ending(), ff.ending());
    return new Streams(Fp16.clipped(h.txt()), h.img());
  }

  private Streams attended(Streams s, Modulation txt, Modulation img, Rope rope) {
    Heads imgHeads = attn.forward(img.applyTo(norm1.norm(), s.img()));
    Heads txtHeads = attnAdded.forward(txt.applyTo(norm1Context.norm(), s.txt()));
    return Streams.cut(txtHeads.then(imgHeads).attend(rope), s);
  }

  private Streams mixed(Streams s, Modulation txt, Modulation img) {
    return new Streams(
        ffContext.up().forward(txt.applyTo(norm2, s.txt())),
        ff.up().forward(img.applyTo(norm2, s.img())));
  }
}
