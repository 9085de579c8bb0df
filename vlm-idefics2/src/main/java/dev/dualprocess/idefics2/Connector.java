package dev.dualprocess.idefics2;

import dev.dualprocess.idefics.TextConfig;
import dev.dualprocess.nn.GatedMlp;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Patches to image tokens, always the same number of them: a projection to the language model's
 * width and a perceiver resampler (arXiv 2103.03206).
 *
 * <pre>
 *   x = modalityProjection(patches)
 *   z = latents;  z ← layer(z, x)
 *   tokens = norm(z)
 * </pre>
 */
record Connector(
    GatedMlp modalityProjection,
    Tensor latents,
    List<PerceiverLayer> layers,
    RmsNorm norm,
    Blocks blocks)
    implements Layer {
  static Connector load(Weights weights, Idefics2Config config, Blocks blocks) {
    Weights resampler = weights.in("perceiver_resampler");
    Weights layers = resampler.in("layers");
    PerceiverConfig perceiver = config.perceiver();
    TextConfig text = config.text();
    long dim = perceiver.hiddenSize();
    return new Connector(
        GatedMlp.loadWithoutBias(
            weights.in("modality_projection"),
            config.vision().hiddenSize(),
            text.intermediateSize(),
            text.hiddenSize()),
        resampler.tensor("latents", perceiver.resamplerNLatents(), dim),
        IntStream.range(0, perceiver.resamplerDepth())
            .mapToObj(i -> PerceiverLayer.load(layers.in(i), perceiver, blocks))
            .toList(),
        RmsNorm.load(resampler.in("norm"), dim, perceiver.rmsNormEps()),
        blocks);
  }

  /** patches [N, vision width] to image tokens [latents, D]. */
  @Override
  public Tensor forward(Tensor patches) {
    Tensor x = blocks.run(this::projected, patches);
    Tensor z = latents;
    for (PerceiverLayer layer : layers) {
      z = blocks.run(in -> layer.forward(in[0], in[1]), z, x);
    }
    return blocks.run(norm::forward, z);
  }

  private Tensor projected(Tensor patches) {
    return blocks.last(modalityProjection.downProj(), modalityProjection.inner(patches));
  }
}
