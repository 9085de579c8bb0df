package dev.dualprocess.sana;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention with grouped queries and bounded scores.
 *
 * <pre>
 *   s = q kᵀ / √queryPreAttnScalar
 *   s ← cap · tanh(s / cap)
 *   y = oProj[ softmax(s, hidden places at the least number) v ]
 * </pre>
 *
 * H query heads in Hkv groups of G, d width of a head; scores in fp32.
 */
record Gemma2Attention(
    Linear qProj, Linear kProj, Linear vProj, Linear oProj, Gemma2Config config) {
  static Gemma2Attention load(Weights weights, Gemma2Config config) {
    long dim = config.hiddenSize();
    long inner = (long) config.numAttentionHeads() * config.headDim();
    long kvInner = (long) config.numKeyValueHeads() * config.headDim();
    return new Gemma2Attention(
        linear(weights.in("q_proj"), dim, inner, config),
        linear(weights.in("k_proj"), dim, kvInner, config),
        linear(weights.in("v_proj"), dim, kvInner, config),
        linear(weights.in("o_proj"), inner, dim, config),
        config);
  }

  private static Linear linear(Weights weights, long in, long out, Gemma2Config config) {
    return config.attentionBias()
        ? Linear.load(weights, in, out)
        : Linear.loadWithoutBias(weights, in, out);
  }

  /** x [B, L, D], hidden bool [B, 1, 1, L, L] to [B, L, D]. */
  Tensor forward(Tensor x, RotaryEmbedding rope, Tensor hidden) {
    Tensor q = rope.apply(split(qProj.forward(x))).unflatten(1, config.numKeyValueHeads(), -1);
    Tensor k = rope.apply(split(kProj.forward(x))).unsqueeze(2); // [B, Hkv, 1, L, d]
    Tensor v = split(vProj.forward(x)).unsqueeze(2);
    Tensor scores = capped(Ops.toFloat(q.matmul(k.transpose(-1, -2)))); // [B, Hkv, G, L, L]
    // A finite number: where all is hidden, as behind a text, every place counts the same.
    Tensor shares = Ops.softmax(scores.masked_fill(hidden, new Scalar(-Float.MAX_VALUE)));
    Tensor y = shares.to(v.scalar_type()).matmul(v); // [B, Hkv, G, L, d]
    return oProj.forward(y.flatten(1, 2).transpose(1, 2).flatten(2, 3));
  }

  private Tensor split(Tensor x) { // [B, L, heads d] -> [B, heads, L, d]
    return x.unflatten(-1, -1, config.headDim()).transpose(1, 2);
  }

  private Tensor capped(Tensor products) {
    double scale = 1 / Math.sqrt(config.queryPreAttnScalar());
    if (config.attnLogitSoftcapping() == null) {
      return Ops.mul(products, scale);
    }
    double cap = config.attnLogitSoftcapping();
    return Ops.mul(Ops.mul(products, scale / cap).tanh(), cap);
  }
}
