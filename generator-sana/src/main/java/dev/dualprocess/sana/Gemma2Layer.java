package dev.dualprocess.sana;

import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * A layer, with a norm before and behind each part.
 *
 * <pre>
 *   x ← x + postAttentionLayernorm( selfAttn( inputLayernorm x ))
 *   x ← x + postFeedforwardLayernorm( mlp( preFeedforwardLayernorm x ))
 * </pre>
 */
record Gemma2Layer(
    Gemma2RmsNorm inputLayernorm,
    Gemma2Attention selfAttn,
    Gemma2RmsNorm postAttentionLayernorm,
    Gemma2RmsNorm preFeedforwardLayernorm,
    Gemma2Mlp mlp,
    Gemma2RmsNorm postFeedforwardLayernorm) {
  static Gemma2Layer load(Weights weights, Gemma2Config config) {
    return new Gemma2Layer(
        Gemma2RmsNorm.load(weights.in("input_layernorm"), config),
        Gemma2Attention.load(weights.in("self_attn"), config),
        Gemma2RmsNorm.load(weights.in("post_attention_layernorm"), config),
        Gemma2RmsNorm.load(weights.in("pre_feedforward_layernorm"), config),
        Gemma2Mlp.load(weights.in("mlp"), config),
        Gemma2RmsNorm.load(weights.in("post_feedforward_layernorm"), config));
  }

  /** x [B, L, D], hidden bool [B, 1, 1, L, L] to [B, L, D]. */
  Tensor forward(Tensor x, RotaryEmbedding rope, Tensor hidden) {
    Tensor attended = selfAttn.forward(inputLayernorm.forward(x), rope, hidden);
    Tensor h = x.add(postAttentionLayernorm.forward(attended));
    return h.add(postFeedforwardLayernorm.forward(mlp.forward(preFeedforwardLayernorm.forward(h))));
  }
}
