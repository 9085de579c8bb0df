package dev.dualprocess.nn;

import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a {@link LanguageModel}, x [..., L, D] to the same shape.
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
 * @param blocks what the model runs its layers with
 */
public record DecoderLayer(
    RmsNorm inputLayernorm,
    GroupedQueryAttention selfAttn,
    RmsNorm postAttentionLayernorm,
    GatedMlp mlp,
    Blocks blocks) {
  static DecoderLayer load(Weights weights, LanguageModelShape shape, Blocks blocks) {
    long dim = shape.dim();
    return new DecoderLayer(
        RmsNorm.load(weights.in("input_layernorm"), dim, shape.eps()),
        attention(weights.in("self_attn"), shape),
        RmsNorm.load(weights.in("post_attention_layernorm"), dim, shape.eps()),
        GatedMlp.loadWithoutBias(weights.in("mlp"), dim, shape.inner(), dim),
        blocks);
  }

  private static GroupedQueryAttention attention(Weights weights, LanguageModelShape shape) {
    GroupedQueryAttention plain =
        GroupedQueryAttention.load(
            weights, shape.dim(), shape.heads(), shape.kvHeads(), shape.headDim(), shape.qkvBias());
    return shape.qkNorm() ? plain.withNorms(weights, shape.headDim(), shape.eps()) : plain;
  }

  /**
   * x [..., L, D] to the same shape.
   *
   * @param past what stands before x, or null
   */
  Tensor forward(Tensor x, RotaryEmbedding rope, @Nullable Past past) {
    Tensor h = x.add(selfAttn.causal(inputLayernorm.forward(x), rope, past));
    Tensor u = mlp.inner(postAttentionLayernorm.forward(h));
    return h.add(blocks.last(mlp.downProj(), u));
  }
}
