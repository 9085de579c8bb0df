package dev.dualprocess.sana;

import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.spi.PipelineFolder;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;

/**
 * The transformer and the autoencoder in memory, how the pipeline samples, and the owner of the
 * weights.
 *
 * @param vaePlacement as {@code placement}, but bf16 in place of fp16, which is too narrow for the
 *     autoencoder
 */
record SanaParts(
    PipelineFolder folder,
    Placement placement,
    SanaTransformer transformer,
    Placement vaePlacement,
    AutoencoderDc vae,
    SanaRecipe recipe,
    TensorOwner owner)
    implements AutoCloseable {
  /**
   * Loads a pipeline's folder; nothing stays behind if that fails.
   *
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  static SanaParts load(
      Path folder, Placement placement, WeightSource source, SanaTextEncoder text, Blocks blocks)
      throws IOException {
    PipelineFolder pipeline = new PipelineFolder(folder);
    SanaTransformerConfig config = pipeline.config("transformer", SanaTransformerConfig.class);
    SanaRecipe recipe = SanaRecipe.read(pipeline, config);
    AutoencoderDcConfig vaeConfig = pipeline.config("vae", AutoencoderDcConfig.class);
    pipeline.requireEqual("in_channels", config.inChannels(), "vae", vaeConfig.latentChannels());
    pipeline.requireEqual(
        "caption_channels", config.captionChannels(), "text_encoder", text.config().hiddenSize());
    Placement vaePlacement =
        placement.dtype() == Dtype.FLOAT16
            ? new Placement(placement.device(), Dtype.BFLOAT16)
            : placement;
    return pipeline.build(
        owner ->
            new SanaParts(
                pipeline,
                placement,
                pipeline.part(
                    "transformer",
                    source,
                    placement,
                    owner,
                    weights -> SanaTransformer.load(weights, config, blocks)),
                vaePlacement,
                pipeline.part(
                    "vae",
                    source,
                    vaePlacement,
                    owner,
                    weights -> AutoencoderDc.load(weights, vaeConfig, blocks)),
                recipe,
                owner));
  }

  /** What people call the model. */
  String name() {
    return folder.name();
  }

  /** Latents as the autoencoder takes them. */
  Tensor unscaled(Tensor latents) {
    return Ops.mul(latents, 1 / vae.config().scalingFactor());
  }

  /** The image of scaled latents: fp32 [B, C, h, w] to fp32 [B, 3, H, W]. */
  Tensor decode(Tensor latents) {
    return Ops.toFloat(vae.decode(vaePlacement.place(unscaled(latents))));
  }

  /** Pixels along each side of a token. */
  int unit() {
    return vae.config().scaleFactor() * transformer.config().patchSize();
  }

  @Override
  public void close() {
    owner.close();
  }
}
