package dev.dualprocess.sana;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention of the image's tokens to the text's: toOut( softmax(q kᵀ / √Dh + mask) v ).
 *
 * @param normQ over all heads together, where the model has it
 * @param normK the same
 */
record TextAttention(
    Linear toQ, Linear toK, Linear toV, Layer normQ, Layer normK, Linear toOut, long headDim) {
  static TextAttention load(AdaptableLayers layers, Weights attn, SanaTransformerConfig config) {
    long dim = config.innerDim();
    long inner = config.crossInnerDim();
    return new TextAttention(
        layers.linear(attn.in("to_q"), dim, inner),
        layers.linear(attn.in("to_k"), dim, inner),
        layers.linear(attn.in("to_v"), dim, inner),
        config.norm(attn.in("norm_q"), inner),
        config.norm(attn.in("norm_k"), inner),
        layers.linear(attn.in("to_out").in(0), inner, dim),
        config.crossAttentionHeadDim());
  }

  /** x [B, L, D], text [B, Lt, D], mask added to the scores [B, 1, 1, Lt], to [B, L, D]. */
  Tensor forward(Tensor x, Tensor text, Tensor mask) {
    Tensor q = split(normQ.forward(toQ.forward(x))); // [B, H, L, Dh]
    Tensor k = split(normK.forward(toK.forward(text)));
    Tensor v = split(toV.forward(text));
    Tensor y = Ops.attention(q, k, v, mask, 1 / Math.sqrt((double) headDim));
    return toOut.forward(y.transpose(1, 2).flatten(2, 3));
  }

  private Tensor split(Tensor x) { // [B, L, D] -> [B, H, L, Dh]
    return x.unflatten(-1, -1, headDim).transpose(1, 2);
  }
}
