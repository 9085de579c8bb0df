package dev.dualprocess.flux;

import dev.dualprocess.flow.FlowMatchEulerConfig;
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
 * The transformer and the autoencoder in memory, the scheduler's file, and the owner of the
 * weights.
 *
 * @param vaePlacement as {@code placement}, except that fp16 may be too narrow for the autoencoder
 */
record FluxParts(
    PipelineFolder folder,
    Placement placement,
    FluxTransformer transformer,
    Placement vaePlacement,
    AutoencoderKl vae,
    FlowMatchEulerConfig scheduler,
    TensorOwner owner)
    implements AutoCloseable {
  private static final String SCHEDULER = "FlowMatchEulerDiscreteScheduler";

  /**
   * Loads a pipeline's folder; nothing stays behind if that fails.
   *
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  static FluxParts load(
      Path folder, Placement placement, WeightSource source, FluxTextEncoders text, Blocks blocks)
      throws IOException {
    PipelineFolder pipeline = new PipelineFolder(folder);
    FlowMatchEulerConfig scheduler =
        pipeline.scheduler(SCHEDULER, "FLUX.1", FlowMatchEulerConfig.class);
    FluxTransformerConfig config = pipeline.config("transformer", FluxTransformerConfig.class);
    AutoencoderKlConfig vaeConfig = pipeline.config("vae", AutoencoderKlConfig.class);
    int packed = LatentGrid.PATCH * LatentGrid.PATCH * vaeConfig.latentChannels();
    requireTextAlone(folder, config, packed);
    pipeline.requireEqual("in_channels", config.inChannels(), "vae", packed);
    pipeline.requireEqual("out_channels", config.outChannels(), "vae", packed);
    pipeline.requireEqual(
        "joint_attention_dim",
        config.jointAttentionDim(),
        "text_encoder_2",
        text.t5Config().dModel());
    pipeline.requireEqual(
        "pooled_projection_dim",
        config.pooledProjectionDim(),
        "text_encoder",
        text.clipConfig().hiddenSize());
    Placement vaePlacement =
        placement.dtype() == Dtype.FLOAT16 && vaeConfig.forceUpcast()
            ? new Placement(placement.device(), Dtype.FLOAT32)
            : placement;
    return pipeline.build(
        owner ->
            new FluxParts(
                pipeline,
                placement,
                pipeline.part(
                    "transformer",
                    source,
                    placement,
                    owner,
                    new OriginalLayout(),
                    weights -> FluxTransformer.load(weights, config, blocks)),
                vaePlacement,
                pipeline.part(
                    "vae",
                    source,
                    vaePlacement,
                    owner,
                    weights -> AutoencoderKl.load(weights, vaeConfig, blocks)),
                scheduler,
                owner));
  }

  /** FLUX.1's tools are stored as its pipeline too, and take a picture beside the noise. */
  private static void requireTextAlone(Path folder, FluxTransformerConfig config, int packed)
      throws IOException {
    if (config.inChannels() == 2 * packed || config.inChannels() == 6 * packed) {
      throw new IOException(
          "%s: in_channels of the transformer is %d, as in FLUX.1 %s, which takes a picture beside the text; only FLUX.1 Schnell and Dev (%d) are read"
              .formatted(
                  folder.resolve("transformer/config.json"),
                  config.inChannels(),
                  config.inChannels() == 2 * packed ? "Canny or Depth" : "Fill",
                  packed));
    }
  }

  /** What people call the model. */
  String name() {
    return folder.name();
  }

  /** The image of scaled, packed latents: fp32 [B, L, C] to fp32 [B, 3, H, W]. */
  Tensor decode(Tensor packed, LatentGrid grid) {
    Tensor z = vaePlacement.place(vae.unscaled(grid.unpack(packed)));
    return Ops.toFloat(vae.decode(z));
  }

  @Override
  public void close() {
    owner.close();
  }
}
