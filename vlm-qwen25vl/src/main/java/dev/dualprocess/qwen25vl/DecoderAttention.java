package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * Causal attention with grouped queries (arXiv 2305.13245): H query heads share Hkv key and value
 * heads. L tokens, D width, d = D / H.
 */
record DecoderAttention(
    Linear qProj, Linear kProj, Linear vProj, Linear oProj, long heads, long kvHeads) {
  static DecoderAttention load(Weights weights, TextConfig config) {
    long dim = config.hiddenSize();
    long kvDim = (long) config.numKeyValueHeads() * config.headDim();
    return new DecoderAttention(
        Linear.load(weights.in("q_proj"), dim, dim),
        Linear.load(weights.in("k_proj"), dim, kvDim),
        Linear.load(weights.in("v_proj"), dim, kvDim),
        Linear.loadWithoutBias(weights.in("o_proj"), dim, dim),
        config.numAttentionHeads(),
        config.numKeyValueHeads());
  }

  /**
   * x [L, D] to the same shape.
   *
   * @param cache what stands before x, or null if nothing does and nothing will follow
   * @param layer this layer's place in the cache
   */
  Tensor forward(Tensor x, RotaryEmbedding rope, KeyValueCache cache, int layer) {
    Tensor q = rope.apply(split(qProj.forward(x), heads)); // [H, L, d]
    Tensor k = rope.apply(split(kProj.forward(x), kvHeads)); // [Hkv, L, d]
    Tensor v = split(vProj.forward(x), kvHeads);
    if (cache != null) {
      k = cache.appendKeys(layer, k);
      v = cache.appendValues(layer, v);
    }
    return oProj.forward(attend(q, k, v).transpose(0, 1).reshape(x.size(0), -1));
  }

  private Tensor attend(Tensor q, Tensor k, Tensor v) {
    double scale = 1 / Math.sqrt((double) q.size(-1));
    Tensor queries = q.unsqueeze(0);
    Tensor keys = perQueryHead(k);
    Tensor values = perQueryHead(v);
    // Without a mask, the last token alone may see all there is.
    Tensor y =
        q.size(1) == 1
            ? Ops.attention(queries, keys, values, null, scale)
            : Ops.causalAttention(queries, keys, values, scale);
    return y.squeeze(0); // [H, L, d]
  }

  /** [L, heads d] to [heads, L, d]. */
  private static Tensor split(Tensor x, long heads) {
    return x.view(x.size(0), heads, -1).transpose(0, 1);
  }

  /** [Hkv, L, d] to [1, H, L, d]: every key head repeated for its group of query heads. */
  private Tensor perQueryHead(Tensor x) {
    return x.unsqueeze(1)
        .expand(kvHeads, heads / kvHeads, x.size(1), x.size(2))
        .reshape(1, heads, x.size(1), x.size(2));
  }
}
