package dev.dualprocess.sana;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * A number as a vector: linear₂ silu linear₁ sinusoid(t).
 *
 * @param linear1 [256] to [D]
 * @param linear2 [D] to [D]
 */
record NumberEmbed(Linear linear1, Linear linear2) {
  private static final int SINUSOIDS = 256;
  private static final double MAX_PERIOD = 10_000;

  static NumberEmbed load(AdaptableLayers layers, Weights embedder, long dim) {
    return new NumberEmbed(
        layers.linear(embedder.in("linear_1"), SINUSOIDS, dim),
        layers.linear(embedder.in("linear_2"), dim, dim));
  }

  /** t fp32 [B] to [B, D], in the dtype of {@code like}. */
  Tensor forward(Tensor t, Tensor like) {
    return linear2.forward(Ops.silu(linear1.forward(Ops.toLike(sinusoids(t), like))));
  }

  /** (cos, sin) of t · 10000^(-j/128): t [B] to fp32 [B, 256]. */
  private static Tensor sinusoids(Tensor t) {
    int half = SINUSOIDS / 2;
    Tensor exponent = Ops.mul(Ops.arangeFloat(half, t.device()), -Math.log(MAX_PERIOD) / half);
    Tensor angles = Ops.toFloat(t).unsqueeze(1).mul(exponent.exp().unsqueeze(0));
    return Ops.cat(-1, angles.cos(), angles.sin());
  }
}
