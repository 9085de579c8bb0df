package dev.dualprocess.flux;

import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/** x ← x + attention(norm x), x ← x + ff(norm x). */
record T5Block(
    RmsNorm attentionNorm,
    T5Attention selfAttention,
    RmsNorm ffNorm,
    T5FeedForward denseReluDense) {
  static T5Block load(Weights block, T5Config config) {
    Weights attention = block.in("layer").in(0);
    Weights ff = block.in("layer").in(1);
    return new T5Block(
        RmsNorm.load(attention.in("layer_norm"), config.dModel(), config.layerNormEpsilon()),
        T5Attention.load(attention.in("SelfAttention"), config),
        RmsNorm.load(ff.in("layer_norm"), config.dModel(), config.layerNormEpsilon()),
        T5FeedForward.load(ff.in("DenseReluDense"), config));
  }

  /** x [B, L, D], bias [1, H, L, L] to [B, L, D]. */
  Tensor forward(Tensor x, Tensor bias) {
    Tensor h = x.add(selfAttention.forward(attentionNorm.forward(x), bias));
    return h.add(denseReluDense.forward(ffNorm.forward(h)));
  }
}
