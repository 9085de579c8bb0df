package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/** SwiGLU (arXiv 2002.05202): y = downProj( silu(gateProj x) ⊙ upProj x ). */
record GatedMlp(Linear gateProj, Linear upProj, Linear downProj) implements Layer {
  /** With biases, as in the vision tower. */
  static GatedMlp load(Weights weights, long dim, long inner) {
    return new GatedMlp(
        Linear.load(weights.in("gate_proj"), dim, inner),
        Linear.load(weights.in("up_proj"), dim, inner),
        Linear.load(weights.in("down_proj"), inner, dim));
  }

  /** Without, as in the language model. */
  static GatedMlp loadWithoutBias(Weights weights, long dim, long inner) {
    return new GatedMlp(
        Linear.loadWithoutBias(weights.in("gate_proj"), dim, inner),
        Linear.loadWithoutBias(weights.in("up_proj"), dim, inner),
        Linear.loadWithoutBias(weights.in("down_proj"), inner, dim));
  }

  /** x [..., D] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    return downProj.forward(Ops.silu(gateProj.forward(x)).mul(upProj.forward(x)));
  }
}
