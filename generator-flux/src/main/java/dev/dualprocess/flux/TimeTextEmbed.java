package dev.dualprocess.flux;

import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The conditioning vector c = mlp(sinusoid(1000 t)) (+ mlp(sinusoid(1000 guidance))) + mlp(pooled).
 *
 * @param guidanceEmbedder null where the model takes no guidance scale
 */
record TimeTextEmbed(
    EmbeddingMlp timestepEmbedder,
    @Nullable EmbeddingMlp guidanceEmbedder,
    EmbeddingMlp textEmbedder) {
  private static final int SINUSOIDS = 256;
  private static final double MAX_PERIOD = 10_000;

  static TimeTextEmbed load(Linears linears, Weights weights, FluxTransformerConfig config) {
    long dim = config.innerDim();
    return new TimeTextEmbed(
        EmbeddingMlp.load(linears, weights.in("timestep_embedder"), SINUSOIDS, dim),
        config.guidanceEmbeds()
            ? EmbeddingMlp.load(linears, weights.in("guidance_embedder"), SINUSOIDS, dim)
            : null,
        EmbeddingMlp.load(linears, weights.in("text_embedder"), config.pooledProjectionDim(), dim));
  }

  /** t and guidance fp32 [B], pooled [B, P] to [B, D]; guidance is not read without embedder. */
  Tensor forward(Tensor t, @Nullable Tensor guidance, Tensor pooled) {
    Tensor c = timestepEmbedder.forward(sinusoids(t, pooled));
    if (guidanceEmbedder != null) {
      c = c.add(guidanceEmbedder.forward(sinusoids(Objects.requireNonNull(guidance), pooled)));
    }
    return c.add(textEmbedder.forward(pooled));
  }

  /** (cos, sin) of 1000 t · 10000^(-j/128), in the dtype of {@code like}: t [B] to [B, 256]. */
  private static Tensor sinusoids(Tensor t, Tensor like) {
    int half = SINUSOIDS / 2;
    Tensor exponent = Ops.mul(Ops.arangeFloat(half, like.device()), -Math.log(MAX_PERIOD) / half);
    // The model was trained on times rounded to the dtype of its activations.
    Tensor times = Ops.toFloat(Ops.mul(Ops.toLike(t, like), 1000));
    Tensor angles = times.unsqueeze(1).mul(exponent.exp().unsqueeze(0));
    return Ops.toLike(Ops.cat(-1, angles.cos(), angles.sin()), like);
  }
}
