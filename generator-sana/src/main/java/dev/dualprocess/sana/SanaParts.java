package dev.dualprocess.sana;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.flow.DpmSolverConfig;
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
 * @param vaePlacement as {@code placement}, but bf16 in place of fp16, which is too narrow for the
 *     autoencoder
 */
record SanaParts(
    String name,
    Placement placement,
    SanaTransformer transformer,
    Placement vaePlacement,
    AutoencoderDc vae,
    DpmSolverConfig scheduler,
    TensorOwner owner)
    implements AutoCloseable {
  private static final String SCHEDULER = "DPMSolverMultistepScheduler";

  /**
   * Loads a pipeline's folder; nothing stays behind if that fails.
   *
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  static SanaParts load(Path folder, Placement placement, WeightSource source, SanaTextEncoder text)
      throws IOException {
    DpmSolverConfig scheduler = scheduler(folder);
    SanaTransformerConfig config =
        ConfigFile.read(folder.resolve("transformer/config.json")).as(SanaTransformerConfig.class);
    AutoencoderDcConfig vaeConfig =
        ConfigFile.read(folder.resolve("vae/config.json")).as(AutoencoderDcConfig.class);
    requireEqual(folder, "in_channels", config.inChannels(), "vae", vaeConfig.latentChannels());
    requireEqual(
        folder,
        "caption_channels",
        config.captionChannels(),
        "text_encoder",
        text.config().hiddenSize());
    Placement vaePlacement =
        placement.dtype() == Dtype.FLOAT16
            ? new Placement(placement.device(), Dtype.BFLOAT16)
            : placement;
    TensorOwner owner = new TensorOwner();
    try {
      SanaTransformer transformer =
          source.build(
              folder.resolve("transformer"),
              placement,
              owner,
              Renaming.NONE,
              weights -> SanaTransformer.load(weights, config));
      AutoencoderDc vae =
          source.build(
              folder.resolve("vae"),
              vaePlacement,
              owner,
              Renaming.NONE,
              weights -> AutoencoderDc.load(weights, vaeConfig));
      return new SanaParts(
          ModelName.of(folder), placement, transformer, vaePlacement, vae, scheduler, owner);
    } catch (IOException | RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  private static DpmSolverConfig scheduler(Path folder) throws IOException {
    ConfigFile file = ConfigFile.read(folder.resolve("scheduler/scheduler_config.json"));
    String type = file.text("_class_name");
    if (!type.isEmpty() && !type.equals(SCHEDULER)) {
      throw new IOException(
          "%s: the scheduler is a %s; Sana needs a %s".formatted(file.path(), type, SCHEDULER));
    }
    return file.as(DpmSolverConfig.class);
  }

  private static void requireEqual(Path folder, String field, int here, String other, int there)
      throws IOException {
    if (here != there) {
      throw new IOException(
          "%s: %s of the transformer is %d, but the %s beside it makes %d"
              .formatted(folder, field, here, other, there));
    }
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
