package dev.dualprocess.sana;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.ImageSize;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flow.FlowSampler;
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
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Sana (arXiv 2410.10629). Latents are pictures, [C, H/32, W/32]. Between steps they are fp32
 * whatever the model's dtype is. A guidance scale above 1 takes a second pass of the model, in the
 * same batch, on the empty text.
 *
 * <p>{@link Sampling.Shift#PUBLISHED} is the pipeline's DPM-Solver++. {@link Sampling.Shift#STATIC}
 * is what the authors of the method made of it: Euler's method without shift, training at noise
 * levels of its own and on the text without the pipeline's instruction.
 *
 * <p>On the CPU the text encoder stays in memory; on a GPU it is loaded for each {@link #condition}
 * and freed after it.
 */
public final class SanaGenerator implements Generator {
  private static final int STEPS = 20;
  private static final double GUIDANCE = 4.5;
  private static final double LEARNING_RATE = 5e-6;

  private final SanaParts parts;
  private final SanaTextEncoder textEncoder;
  private final SanaSchedules schedules;
  private final LoraTargets loraTargets;
  private final Recomputation recomputation;

  private SanaGenerator(SanaParts parts, SanaTextEncoder textEncoder, Recomputation recomputation) {
    this.parts = parts;
    this.textEncoder = textEncoder;
    SanaTransformer transformer = parts.transformer();
    schedules = new SanaSchedules(parts.scheduler());
    loraTargets = new LoraTargets(transformer.layers(), transformer.trained(), parts.placement());
    this.recomputation = recomputation;
  }

  /**
   * Opens a pipeline's folder; the caller closes the generator.
   *
   * @param folder with model_index.json and the folders it names
   * @param placement of the transformer and the autoencoder
   * @param textPlacement of the text encoder, which may be another device
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  public static SanaGenerator open(Path folder, Placement placement, Placement textPlacement)
      throws IOException {
    return open(folder, Opening.at(placement).withTextEncodersAt(textPlacement));
  }

  /**
   * The same with all that can be said of it. Of a folder without weights, its configs and
   * tokenizer do where random weights are wanted.
   */
  public static SanaGenerator open(Path folder, Opening opening) throws IOException {
    SanaTextEncoder textEncoder =
        SanaTextEncoder.open(folder, opening.textPlacement(), opening.weights().whole());
    Recomputation recomputation = opening.recomputation();
    try {
      return new SanaGenerator(
          SanaParts.load(
              folder, opening.placement(), opening.weights(), textEncoder, recomputation.blocks()),
          textEncoder,
          recomputation);
    } catch (IOException | RuntimeException e) {
      textEncoder.close();
      throw e;
    }
  }

  /** The models, for tests of their pieces. */
  SanaParts parts() {
    return parts;
  }

  @Override
  public String name() {
    return parts.name();
  }

  /** 20 steps with guidance 4.5, at the size the model was trained for. */
  @Override
  public Sampling defaultSampling() {
    int side = parts.transformer().config().sampleSize() * parts.vae().config().scaleFactor();
    ImageSize size = ImageSize.square(Math.max(1, side / parts.unit()) * parts.unit());
    return new Sampling(size, STEPS, GUIDANCE, Sampling.Shift.PUBLISHED);
  }

  /** 5e-6, a tenth of what suits FLUX.1. */
  @Override
  public double defaultLearningRate() {
    return LEARNING_RATE;
  }

  @Override
  public Conditioning condition(String text) {
    List<SanaText> texts =
        textEncoder.encode(
            List.of(SanaPrompt.NEGATIVE, SanaPrompt.instructed(text), SanaPrompt.plain(text)),
            parts.placement());
    try (SanaText negative = texts.get(0);
        SanaText instructed = texts.get(1);
        SanaText plain = texts.get(2)) {
      return new SanaConditioning(
          text, GuidedText.of(negative, instructed), GuidedText.of(negative, plain));
    }
  }

  /** (channels, rows, columns): 512x512 pixels are 32 channels of 16x16 latents. */
  @Override
  public long[] latentShape(ImageSize size) {
    size.requireMultipleOf(parts.unit());
    int scale = parts.vae().config().scaleFactor();
    return new long[] {
      parts.transformer().config().inChannels(), size.height() / scale, size.width() / scale
    };
  }

  @Override
  public FlowSchedule schedule(Sampling sampling) {
    return schedules.sampled(sampling);
  }

  @Override
  public FlowSchedule trainingSchedule(Sampling sampling) {
    return schedules.trained(sampling);
  }

  @Override
  public Tensor sample(Tensor z, Conditioning conditioning, Sampling sampling, int stopBefore) {
    Require.latents(z, latentShape(sampling.size()), sampling.size());
    Require.step(stopBefore, sampling.numInferenceSteps());
    GuidedText text = SanaConditioning.of(conditioning);
    return Memory.noGrad(
        () -> {
          Tensor x = parts.placement().placeFloat32(z);
          try (FlowSampler sampler = schedules.sampler(sampling)) {
            for (int i = 0; i < stopBefore; i++) {
              x = step(x, i, text, sampling, sampler);
            }
          }
          return x;
        });
  }

  private Tensor step(Tensor x, int i, GuidedText text, Sampling sampling, FlowSampler sampler) {
    return Memory.scoped(
        () -> sampler.step(velocity(x, sampler.timestep(i), text, sampling), i, x));
  }

  @Override
  public Draft draft(Tensor zt, int step, Conditioning conditioning, Sampling sampling) {
    FlowSchedule schedule = trainingSchedule(sampling);
    Require.latents(zt, latentShape(sampling.size()), sampling.size());
    Require.step(step, schedule.steps() - 1);
    GuidedText text = SanaConditioning.of(conditioning);
    boolean guided = sampling.guidanceScale() > 1;
    Tape tape = recomputation.tape(List.of(sampling.size(), guided), loraTargets.learning());
    return TensorDraft.of(
        tape,
        () -> {
          Tensor x = parts.placement().placeFloat32(zt);
          Tensor velocity =
              Profile.part(Part.DRAFT, () -> velocity(x, schedule.timestep(step), text, sampling));
          Tensor x0 = Flow.cleanEstimate(x, velocity, schedule.sigma(step));
          tape.border();
          return Profile.part(Part.DECODE, () -> parts.decode(x0));
        });
  }

  /**
   * û = G(x_t, text), or with guidance s: û₀ + s (û - û₀), û₀ = G(x_t, empty text). x fp32 [B, C,
   * h, w] to the same.
   */
  private Tensor velocity(Tensor x, double timestep, GuidedText text, Sampling sampling) {
    boolean guided = sampling.guidanceScale() > 1;
    Tensor input = parts.placement().place(guided ? Ops.cat(0, x, x) : x);
    Tensor t = torch.full(new long[] {1}, new Scalar(timestep), parts.placement().float32Options());
    Tensor velocity =
        Ops.toFloat(
            parts
                .transformer()
                .forward(input, text.embeds(x.size(0), guided), text.masks(x.size(0), guided), t));
    if (!guided) {
      return velocity;
    }
    Tensor[] both = Ops.chunk(velocity, 2, 0);
    return both[0].add(Ops.mul(both[1].sub(both[0]), sampling.guidanceScale()));
  }

  @Override
  public boolean capturable() {
    return true;
  }

  @Override
  public Tensor decode(Tensor latents, ImageSize size) {
    Require.latents(latents, latentShape(size), size);
    return Memory.noGrad(() -> parts.decode(parts.placement().placeFloat32(latents)));
  }

  @Override
  public LoraTargets loraTargets() {
    return loraTargets;
  }

  @Override
  public void close() {
    loraTargets.close();
    parts.close();
    textEncoder.close();
  }
}
