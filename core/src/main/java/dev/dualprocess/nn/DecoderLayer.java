package dev.dualprocess.nn;

import dev.dualprocess.recompute.Blocks;
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

  /**
   * x [..., L, D] to the same shape.
   *
   * @param before keys and values of the tokens before x, or null
   */
  Tensor forward(Tensor x, RotaryEmbedding rope, KeysValues before) {
    Tensor[] inputs =
        before == null
            ? new Tensor[] {x, rope.cos(), rope.sin()}
            : new Tensor[] {x, rope.cos(), rope.sin(), before.keys(), before.values()};
    Tensor h =
        Blocks.residual(
            in ->
                attended(
                    in[0],
                    new RotaryEmbedding(in[1], in[2]),
                    in.length == 3 ? null : new KeysValues(in[3], in[4])),
            selfAttn.oProj(),
            inputs);
    return mixed(h);
  }

  /** The same without gradient, for tokens that join what stands before them. */
  Tensor joining(Tensor x, RotaryEmbedding rope, Past past) {
    return mixed(Blocks.residual(in -> attended(in[0], rope, past), selfAttn.oProj(), x));
  }

  private Tensor attended(Tensor x, RotaryEmbedding rope, Past past) {
    return selfAttn.causal(inputLayernorm.forward(x), rope, past);
  }

  private Tensor mixed(Tensor h) {
    return Blocks.residual(
        in -> mlp.inner(postAttentionLayernorm.forward(in[0])), mlp.downProj(), h);
  }
}
