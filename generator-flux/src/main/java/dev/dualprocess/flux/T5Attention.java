package dev.dualprocess.flux;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/** softmax(q kᵀ + bias) v: attention without bias vectors and without 1/√Dh. */
record T5Attention(Linear q, Linear k, Linear v, Linear o, long headDim) {
  static T5Attention load(Weights weights, T5Config config) {
    long dim = config.dModel();
    long inner = (long) config.numHeads() * config.dKv();
    return new T5Attention(
        Linear.loadWithoutBias(weights.in("q"), dim, inner),
        Linear.loadWithoutBias(weights.in("k"), dim, inner),
        Linear.loadWithoutBias(weights.in("v"), dim, inner),
        Linear.loadWithoutBias(weights.in("o"), inner, dim),
        config.dKv());
  }

  /** x [B, L, D], bias [1, H, L, L] to [B, L, D]. */
  Tensor forward(Tensor x, Tensor bias) {
    Tensor y =
        Ops.attention(split(q.forward(x)), split(k.forward(x)), split(v.forward(x)), bias, 1.0);
    return o.forward(y.transpose(1, 2).flatten(2, 3));
  }

  private Tensor split(Tensor x) { // [B, L, H Dh] -> [B, H, L, Dh]
    return x.unflatten(-1, -1, headDim).transpose(1, 2);
  }
}
