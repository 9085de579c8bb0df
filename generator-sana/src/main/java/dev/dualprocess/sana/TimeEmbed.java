package dev.dualprocess.sana;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * The timestep as every block sees it (adaLN-single, arXiv 2310.00426): c = linear₂ silu linear₁
 * sinusoid(t), and from it six vectors that the blocks share, each adding a table of its own.
 *
 * @param linear1 emb.timestep_embedder.linear_1, [256] to [D]
 * @param linear2 emb.timestep_embedder.linear_2, [D] to [D]
 * @param linear [D] to [6 D]
 */
record TimeEmbed(Linear linear1, Linear linear2, Linear linear) {
  private static final int SINUSOIDS = 256;
  private static final double MAX_PERIOD = 10_000;

  /**
   * A timestep as the last norm and as the blocks read it.
   *
   * @param c [B, D]
   * @param modulation [B, 6, D]
   */
  record Embedded(Tensor c, Tensor modulation) {}

  static TimeEmbed load(AdaptableLayers layers, Weights weights, long dim) {
    Weights embedder = weights.in("emb").in("timestep_embedder");
    return new TimeEmbed(
        layers.linear(embedder.in("linear_1"), SINUSOIDS, dim),
        layers.linear(embedder.in("linear_2"), dim, dim),
        layers.linear(weights.in("linear"), dim, Modulation.PARTS * dim));
  }

  /** t fp32 [B], from 1000 (noise) to 0; the result in the dtype of {@code like}. */
  Embedded forward(Tensor t, Tensor like) {
    Tensor hidden = Ops.silu(linear1.forward(Ops.toLike(sinusoids(t), like)));
    Tensor c = linear2.forward(hidden);
    Tensor modulation = linear.forward(Ops.silu(c)).unflatten(-1, Modulation.PARTS, -1);
    return new Embedded(c, modulation);
  }

  /** (cos, sin) of t · 10000^(-j/128): t [B] to fp32 [B, 256]. */
  private static Tensor sinusoids(Tensor t) {
    int half = SINUSOIDS / 2;
    Tensor exponent = Ops.mul(Ops.arangeFloat(half, t.device()), -Math.log(MAX_PERIOD) / half);
    Tensor angles = Ops.toFloat(t).unsqueeze(1).mul(exponent.exp().unsqueeze(0));
    return Ops.cat(-1, angles.cos(), angles.sin());
  }
}
