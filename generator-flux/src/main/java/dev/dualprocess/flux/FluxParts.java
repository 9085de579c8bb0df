package dev.dualprocess.flux;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.flow.FlowMatchEulerConfig;
import dev.dualprocess.spi.ModelName;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.WeightSource;
import dev.dualprocess.weights.WeightSource.Renaming;
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
    String name,
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
      Path folder, Placement placement, WeightSource source, FluxTextEncoders text)
      throws IOException {
    FlowMatchEulerConfig scheduler = scheduler(folder);
    FluxTransformerConfig config =
        ConfigFile.read(folder.resolve("transformer/config.json")).as(FluxTransformerConfig.class);
    AutoencoderKlConfig vaeConfig =
        ConfigFile.read(folder.resolve("vae/config.json")).as(AutoencoderKlConfig.class);
    requireFit(folder, config, vaeConfig, text);
    Placement vaePlacement =
        placement.dtype() == Dtype.FLOAT16 && vaeConfig.forceUpcast()
            ? new Placement(placement.device(), Dtype.FLOAT32)
            : placement;
    TensorOwner owner = new TensorOwner();
    try {
      FluxTransformer transformer =
          source.build(
              folder.resolve("transformer"),
              placement,
              owner,
              Renaming.NONE,
              weights -> FluxTransformer.load(weights, config));
      AutoencoderKl vae =
          source.build(
              folder.resolve("vae"),
              vaePlacement,
              owner,
              Renaming.NONE,
              weights -> AutoencoderKl.load(weights, vaeConfig));
      return new FluxParts(
          ModelName.of(folder), placement, transformer, vaePlacement, vae, scheduler, owner);
    } catch (IOException | RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  private static FlowMatchEulerConfig scheduler(Path folder) throws IOException {
    ConfigFile file = ConfigFile.read(folder.resolve("scheduler/scheduler_config.json"));
    String type = file.text("_class_name");
    if (!type.isEmpty() && !type.equals(SCHEDULER)) {
      throw new IOException(
          "%s: the scheduler is a %s; FLUX.1 needs a %s".formatted(file.path(), type, SCHEDULER));
    }
    return file.as(FlowMatchEulerConfig.class);
  }

  private static void requireFit(
      Path folder, FluxTransformerConfig config, AutoencoderKlConfig vae, FluxTextEncoders text)
      throws IOException {
    int patch = LatentGrid.PATCH * LatentGrid.PATCH;
    requireEqual(folder, "in_channels", config.inChannels(), "vae", patch * vae.latentChannels());
    requireEqual(folder, "out_channels", config.outChannels(), "vae", patch * vae.latentChannels());
    requireEqual(
        folder,
        "joint_attention_dim",
        config.jointAttentionDim(),
        "text_encoder_2",
        text.t5Config().dModel());
    requireEqual(
        folder,
        "pooled_projection_dim",
        config.pooledProjectionDim(),
        "text_encoder",
        text.clipConfig().hiddenSize());
  }

  private static void requireEqual(Path folder, String field, int here, String other, int there)
      throws IOException {
    if (here != there) {
      throw new IOException(
          "%s: %s of the transformer is %d, but the %s beside it makes %d"
              .formatted(folder, field, here, other, there));
    }
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
