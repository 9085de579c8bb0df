package dev.dualprocess.nn;

import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * One layer of a {@link LanguageModel}.
 *
 * <pre>
 *   x ← x + selfAttn(inputLayernorm x)
 *   x ← x + mlp(postAttentionLayernorm x)
 * </pre>
 *
 * @param inputLayernorm before the attention
 * @param selfAttn causal
 * @param postAttentionLayernorm before the MLP
 * @param mlp gated
 */
public record DecoderLayer(
    RmsNorm inputLayernorm,
    GroupedQueryAttention selfAttn,
    RmsNorm postAttentionLayernorm,
    GatedMlp mlp) {
  static DecoderLayer load(Weights weights, LanguageModelShape shape) {
    long dim = shape.dim();
    return new DecoderLayer(
        RmsNorm.load(weights.in("input_layernorm"), dim, shape.eps()),
        GroupedQueryAttention.load(
            weights.in("self_attn"),
            dim,
            shape.heads(),
            shape.kvHeads(),
            shape.headDim(),
            shape.qkvBias()),
        RmsNorm.load(weights.in("post_attention_layernorm"), dim, shape.eps()),
        GatedMlp.loadWithoutBias(weights.in("mlp"), dim, shape.inner(), dim));
  }

  /** x [..., L, D] to the same shape; the past as in {@link GroupedQueryAttention#causal}. */
  Tensor forward(Tensor x, RotaryEmbedding rope, Past past) {
    Tensor h = x.add(selfAttn.causal(inputLayernorm.forward(x), rope, past));
    return h.add(mlp.forward(postAttentionLayernorm.forward(h)));
  }
}
