package dev.dualprocess.flux;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.FlowMatchEulerConfig;
import dev.dualprocess.flow.FlowMatchEulerSchedule;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.spi.FlowGenerator;
import dev.dualprocess.spi.FlowModel;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * FLUX.1 Schnell or Dev. Latents are tokens, [L, 64]: one for each patch of 2x2 latents, 16x16
 * pixels.
 *
 * <p>On the CPU the text encoders stay in memory; on a GPU they are loaded for each {@link
 * #condition} and freed after it. With a {@link dev.dualprocess.text.cache.TextCache} they are
 * opened for a text that is not there.
 */
final class FluxModel implements FlowModel {
  private static final int DEFAULT_SIDE = 512;
  private static final double LEARNING_RATE = 5e-5;
  private static final float TIMESTEPS = 1000f; // what the model calls t is timestep / 1000

  private final FluxParts parts;
  private final FluxTextEncoders textEncoders;
  private final LoraTargets loraTargets;
  private final RopeCache ropes;

  private FluxModel(FluxParts parts, FluxTextEncoders textEncoders) {
    this.parts = parts;
    this.textEncoders = textEncoders;
    FluxTransformer transformer = parts.transformer();
    loraTargets =
        new LoraTargets(
            transformer.linears(),
            transformer.trained(),
            parts.placement(),
            new Lifetime("generator '" + parts.name() + "'"));
    ropes = new RopeCache(transformer.config().axesDimsRope(), parts.placement());
  }

  /**
   * Opens a pipeline's folder as a generator, which the caller closes. Of a folder without weights,
   * its configs and tokenizers do where random weights are wanted.
   *
   * @param folder with model_index.json and the folders it names
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  static Generator open(Path folder, LoadOptions opening) throws IOException {
    FluxTextEncoders textEncoders =
        FluxTextEncoders.open(
            folder, opening.textPlacement(), opening.weights().whole(), opening.textCache());
    Recomputation recomputation = opening.recomputation();
    try {
      FluxParts parts =
          FluxParts.load(
              folder, opening.placement(), opening.weights(), textEncoders, recomputation.blocks());
      return new FlowGenerator(new FluxModel(parts, textEncoders), recomputation);
    } catch (IOException | RuntimeException e) {
      textEncoders.close();
      throw e;
    }
  }

  /** The models, for tests of their pieces. */
  FluxParts parts() {
    return parts;
  }

  @Override
  public String name() {
    return parts.name();
  }

  @Override
  public Placement placement() {
    return parts.placement();
  }

  /** One step without guidance for Schnell, 28 steps with guidance 3.5 for Dev. */
  @Override
  public Sampling defaultSampling() {
    ImageSize size = defaultSize(parts.vae().config());
    return parts.transformer().config().guidanceEmbeds()
        ? new Sampling(size, 28, 3.5, Sampling.Shift.PUBLISHED)
        : new Sampling(size, 1, 0, Sampling.Shift.PUBLISHED);
  }

  /** 512 pixels square, or as many as the autoencoder was trained on, if those are fewer. */
  static ImageSize defaultSize(AutoencoderKlConfig vae) {
    int unit = LatentGrid.PATCH * vae.scaleFactor();
    int side = Math.min(DEFAULT_SIDE, vae.sampleSide(DEFAULT_SIDE));
    return ImageSize.square(Math.max(unit, side / unit * unit));
  }

  /** 5e-5, the paper's learning rate. */
  @Override
  public double defaultLearningRate() {
    return LEARNING_RATE;
  }

  @Override
  public Conditioning condition(String text) {
    return textEncoders.encode(text, parts.placement());
  }

  /** (tokens, channels): an image of 512x512 has 1024 tokens of 64 channels. */
  @Override
  public long[] latentShape(ImageSize size) {
    return new long[] {grid(size).tokens(), parts.transformer().config().inChannels()};
  }

  @Override
  public OptionalInt tokenSide() {
    return OptionalInt.of(unit());
  }

  @Override
  public FlowSchedule schedule(Sampling sampling) {
    FlowMatchEulerConfig config = parts.scheduler();
    boolean fixed = sampling.shift() == Sampling.Shift.STATIC;
    return new FlowMatchEulerSchedule(fixed ? config.withStaticShift() : config)
        .pipeline(sampling.numInferenceSteps(), grid(sampling.size()).tokens());
  }

  @Override
  public Tensor velocity(Tensor zt, float timestep, Conditioning conditioning, Sampling sampling) {
    FluxConditioning text = FluxConditioning.of(conditioning);
    return text.reading(() -> velocityOf(zt, timestep, text, sampling));
  }

  private Tensor velocityOf(Tensor zt, float timestep, FluxConditioning text, Sampling sampling) {
    FluxTransformer transformer = parts.transformer();
    boolean guided = transformer.config().guidanceEmbeds();
    return Ops.toFloat(
        transformer.forward(
            parts.placement().place(zt),
            text.promptEmbeds(),
            text.pooled(),
            scalar(timestep / TIMESTEPS),
            guided ? scalar(sampling.guidanceScale()) : null,
            ropes.rope(text.promptEmbeds().size(1), grid(sampling.size()))));
  }

  private Tensor scalar(double value) { // fp32 [1] on the device
    return torch.full(new long[] {1}, new Scalar(value), parts.placement().float32Options());
  }

  @Override
  public Tensor decode(Tensor x0, ImageSize size) {
    return parts.decode(x0, grid(size));
  }

  @Override
  public LoraTargets loraTargets() {
    return loraTargets;
  }

  @Override
  public Optional<Path> folder() {
    return Optional.of(parts.folder().path());
  }

  /** Pixels along each side of a token. */
  private int unit() {
    return parts.vae().config().scaleFactor() * LatentGrid.PATCH;
  }

  private LatentGrid grid(ImageSize size) {
    return LatentGrid.of(size, unit());
  }

  @Override
  public void close() {
    loraTargets.close();
    ropes.close();
    parts.close();
    textEncoders.close();
  }
}
