package dev.dualprocess.flux;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * y = linear₂(silu(linear₁ x)): a timestep's, guidance's or text's embedding as the transformer's
 * width.
 */
record EmbeddingMlp(Linear linear1, Linear linear2) implements Layer {
  static EmbeddingMlp load(Linears linears, Weights weights, long in, long dim) {
    return new EmbeddingMlp(
        linears.load(weights.in("linear_1"), in, dim),
        linears.load(weights.in("linear_2"), dim, dim));
  }

  /** x [B, in] to [B, D]. */
  @Override
  public Tensor forward(Tensor x) {
    return linear2.forward(Ops.silu(linear1.forward(x)));
  }
}
