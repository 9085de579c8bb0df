package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * One layer of the language model.
 *
 * <pre>
 *   x ← x + selfAttn(inputLayernorm x)
 *   x ← x + mlp(postAttentionLayernorm x)
 * </pre>
 */
record DecoderLayer(
    RmsNorm inputLayernorm,
    DecoderAttention selfAttn,
    RmsNorm postAttentionLayernorm,
    GatedMlp mlp) {
  static DecoderLayer load(Weights weights, TextConfig config) {
    long dim = config.hiddenSize();
    double eps = config.rmsNormEps();
    return new DecoderLayer(
        RmsNorm.load(weights.in("input_layernorm"), dim, eps),
        DecoderAttention.load(weights.in("self_attn"), config),
        RmsNorm.load(weights.in("post_attention_layernorm"), dim, eps),
        GatedMlp.loadWithoutBias(weights.in("mlp"), dim, config.intermediateSize()));
  }

  /** x [L, D] to the same shape; the cache as in {@link DecoderAttention#forward}. */
  Tensor forward(Tensor x, RotaryEmbedding rope, KeyValueCache cache, int layer) {
    Tensor h = x.add(selfAttn.forward(inputLayernorm.forward(x), rope, cache, layer));
    return h.add(mlp.forward(postAttentionLayernorm.forward(h)));
  }
}
