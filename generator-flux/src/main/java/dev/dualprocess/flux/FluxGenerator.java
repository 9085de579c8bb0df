package dev.dualprocess.flux;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.ImageSize;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flow.FlowMatchEulerConfig;
import dev.dualprocess.flow.FlowMatchEulerSchedule;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.profile.Part;
import dev.dualprocess.profile.Profile;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.recompute.Tape;
import dev.dualprocess.spi.Opening;
import dev.dualprocess.spi.Require;
import dev.dualprocess.spi.TensorDraft;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * FLUX.1 Schnell or Dev. Latents are tokens, [L, 64]: one for each patch of 2x2 latents, 16x16
 * pixels. Between steps they are fp32 whatever the model's dtype is.
 *
 * <p>On the CPU the text encoders stay in memory; on a GPU they are loaded for each {@link
 * #condition} and freed after it.
 */
public final class FluxGenerator implements Generator {
  private static final int DEFAULT_SIDE = 512;
  private static final float TIMESTEPS = 1000f; // what the model calls t is timestep / 1000

  private final FluxParts parts;
  private final FluxTextEncoders textEncoders;
  private final LoraTargets loraTargets;
  private final RopeCache ropes;
  private final Recomputation recomputation;

  private FluxGenerator(
      FluxParts parts, FluxTextEncoders textEncoders, Recomputation recomputation) {
    this.parts = parts;
    this.textEncoders = textEncoders;
    FluxTransformer transformer = parts.transformer();
    loraTargets = new LoraTargets(transformer.linears(), transformer.trained(), parts.placement());
    ropes = new RopeCache(transformer.config().axesDimsRope(), parts.placement());
    this.recomputation = recomputation;
  }

  /**
   * Opens a pipeline's folder; the caller closes the generator.
   *
   * @param folder with model_index.json and the folders it names
   * @param placement of the transformer and the autoencoder
   * @param textPlacement of the text encoders, which may be another device
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  public static FluxGenerator open(Path folder, Placement placement, Placement textPlacement)
      throws IOException {
    return open(folder, Opening.at(placement).withTextEncodersAt(textPlacement));
  }

  /**
   * The same with all that can be said of it. Of a folder without weights, its configs and
   * tokenizers do where random weights are wanted.
   */
  public static FluxGenerator open(Path folder, Opening opening) throws IOException {
    FluxTextEncoders textEncoders =
        FluxTextEncoders.open(folder, opening.textPlacement(), opening.weights().whole());
    Recomputation recomputation = opening.recomputation();
    try {
      return new FluxGenerator(
          FluxParts.load(
              folder, opening.placement(), opening.weights(), textEncoders, recomputation.blocks()),
          textEncoders,
          recomputation);
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

  /** One step without guidance for Schnell, 28 steps with guidance 3.5 for Dev. */
  @Override
  public Sampling defaultSampling() {
    int unit = unit();
    int side = Math.min(DEFAULT_SIDE, parts.vae().config().sampleSide(DEFAULT_SIDE));
    ImageSize size = ImageSize.square(Math.max(unit, side / unit * unit));
    return parts.transformer().config().guidanceEmbeds()
        ? new Sampling(size, 28, 3.5, Sampling.Shift.PUBLISHED)
        : new Sampling(size, 1, 0, Sampling.Shift.PUBLISHED);
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
  public FlowSchedule schedule(Sampling sampling) {
    FlowMatchEulerConfig config = parts.scheduler();
    boolean fixed = sampling.shift() == Sampling.Shift.STATIC;
    return new FlowMatchEulerSchedule(fixed ? config.withStaticShift() : config)
        .pipeline(sampling.numInferenceSteps(), grid(sampling.size()).tokens());
  }

  @Override
  public Tensor sample(Tensor z, Conditioning conditioning, Sampling sampling, int stopBefore) {
    FlowSchedule schedule = schedule(sampling);
    Require.latents(z, latentShape(sampling.size()), sampling.size());
    Require.step(stopBefore, schedule.steps());
    FluxConditioning text = FluxConditioning.of(conditioning);
    return Memory.noGrad(
        () -> {
          Tensor x = parts.placement().placeFloat32(z);
          for (int i = 0; i < stopBefore; i++) {
            x = step(x, i, text, sampling, schedule);
          }
          return x;
        });
  }

  /** x_t' = x_t + û (t' - t). */
  private Tensor step(
      Tensor x, int i, FluxConditioning text, Sampling sampling, FlowSchedule schedule) {
    return Memory.scoped(
        () -> {
          Tensor velocity = velocity(x, i, text, sampling, schedule);
          return Flow.step(x, velocity, schedule.sigma(i), schedule.sigma(i + 1));
        });
  }

  @Override
  public Draft draft(Tensor zt, int step, Conditioning conditioning, Sampling sampling) {
    FlowSchedule schedule = schedule(sampling);
    Require.latents(zt, latentShape(sampling.size()), sampling.size());
    Require.step(step, schedule.steps() - 1);
    FluxConditioning text = FluxConditioning.of(conditioning);
    Tape tape = recomputation.tape(sampling.size(), loraTargets.learning());
    return TensorDraft.of(
        tape,
        () -> {
          Tensor x = parts.placement().placeFloat32(zt);
          Tensor velocity =
              Profile.part(Part.DRAFT, () -> velocity(x, step, text, sampling, schedule));
          Tensor x0 = Flow.cleanEstimate(x, velocity, schedule.sigma(step));
          tape.border();
          return Profile.part(Part.DECODE, () -> parts.decode(x0, grid(sampling.size())));
        });
  }

  /** û = G(x_t): x fp32 [B, L, C] to fp32 [B, L, C]. */
  private Tensor velocity(
      Tensor x, int i, FluxConditioning text, Sampling sampling, FlowSchedule schedule) {
    FluxTransformer transformer = parts.transformer();
    Rope rope = ropes.rope(text.promptEmbeds().size(1), grid(sampling.size()));
    boolean guided = transformer.config().guidanceEmbeds();
    return Ops.toFloat(
        transformer.forward(
            parts.placement().place(x),
            text.promptEmbeds(),
            text.pooled(),
            scalar(schedule.timestep(i) / TIMESTEPS),
            guided ? scalar(sampling.guidanceScale()) : null,
            rope));
  }

  private Tensor scalar(double value) { // fp32 [1] on the device
    return torch.full(new long[] {1}, new Scalar(value), parts.placement().float32Options());
  }

  @Override
  public boolean capturable() {
    return true;
  }

  @Override
  public Tensor decode(Tensor latents, ImageSize size) {
    Require.latents(latents, latentShape(size), size);
    return Memory.noGrad(() -> parts.decode(parts.placement().placeFloat32(latents), grid(size)));
  }

  @Override
  public LoraTargets loraTargets() {
    return loraTargets;
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
