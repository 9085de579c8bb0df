package dev.dualprocess.flux;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * y = wo(act(wi x)), or gated: y = wo(act(wi₀ x) ⊙ wi₁ x).
 *
 * @param wi wi, or wi_0 where there is a gate
 * @param gate wi_1, or null
 */
record T5FeedForward(Linear wi, @Nullable Linear gate, Linear wo, Activation activation)
    implements Layer {
  static T5FeedForward load(Weights weights, T5Config config) {
    long dim = config.dModel();
    long inner = config.dFf();
    return new T5FeedForward(
        Linear.loadWithoutBias(weights.in(config.gated() ? "wi_0" : "wi"), dim, inner),
        config.gated() ? Linear.loadWithoutBias(weights.in("wi_1"), dim, inner) : null,
        Linear.loadWithoutBias(weights.in("wo"), inner, dim),
        config.activation());
  }

  /** x [B, L, D] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor h = activation.forward(wi.forward(x));
    return wo.forward(gate == null ? h : h.mul(gate.forward(x)));
  }
}
