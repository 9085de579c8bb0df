package dev.dualprocess.sana;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The timestep as every block sees it (adaLN-single, arXiv 2310.00426): a vector c, to which a
 * model that knows of guidance adds another of the guidance scale, and from it six vectors that the
 * blocks share, each adding a table of its own.
 *
 * @param guidanceEmbedder null in a model that is not told of guidance
 * @param linear [D] to [6 D]
 */
record TimeEmbed(
    NumberEmbed timestepEmbedder, @Nullable NumberEmbed guidanceEmbedder, Linear linear) {
  /**
   * A timestep as the last norm and as the blocks read it.
   *
   * @param c [B, D]
   * @param modulation [B, 6, D]
   */
  record Embedded(Tensor c, Tensor modulation) {}

  /** Where there is no guidance, the embedder of timesteps lies one level deeper. */
  static TimeEmbed load(AdaptableLayers layers, Weights weights, SanaTransformerConfig config) {
    long dim = config.innerDim();
    boolean guidance = config.guidanceEmbeds();
    Weights time = (guidance ? weights : weights.in("emb")).in("timestep_embedder");
    return new TimeEmbed(
        NumberEmbed.load(layers, time, dim),
        guidance ? NumberEmbed.load(layers, weights.in("guidance_embedder"), dim) : null,
        layers.linear(weights.in("linear"), dim, Modulation.PARTS * dim));
  }

  /**
   * The result in the dtype of {@code like}.
   *
   * @param t fp32 [B]
   * @param guidance fp32 [B], where the model is told of it
   */
  Embedded forward(Tensor t, @Nullable Tensor guidance, Tensor like) {
    Tensor c = timestepEmbedder.forward(t, like);
    if (guidanceEmbedder != null) {
      if (guidance == null) {
        throw new IllegalArgumentException("this transformer must be told a guidance scale");
      }
      c = c.add(guidanceEmbedder.forward(guidance, like));
    }
    Tensor modulation = linear.forward(Ops.silu(c)).unflatten(-1, Modulation.PARTS, -1);
    return new Embedded(c, modulation);
  }
}
