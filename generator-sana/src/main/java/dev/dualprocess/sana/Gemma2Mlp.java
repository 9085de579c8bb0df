package dev.dualprocess.sana;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/** GeGLU (arXiv 2002.05202): y = downProj( gelu(gateProj x) ⊙ upProj x ), gelu by tanh. */
record Gemma2Mlp(Linear gateProj, Linear upProj, Linear downProj) implements Layer {
  static Gemma2Mlp load(Weights weights, Gemma2Config config) {
    long dim = config.hiddenSize();
    long inner = config.intermediateSize();
    return new Gemma2Mlp(
        Linear.loadWithoutBias(weights.in("gate_proj"), dim, inner),
        Linear.loadWithoutBias(weights.in("up_proj"), dim, inner),
        Linear.loadWithoutBias(weights.in("down_proj"), inner, dim));
  }

  /** x [..., D] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    return downProj.forward(Ops.geluTanh(gateProj.forward(x)).mul(upProj.forward(x)));
  }
}
