package dev.dualprocess.sana;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.FlowSampler;
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
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Sana (arXiv 2410.10629). Latents are pictures, [C, H/32, W/32]. A guidance scale above 1 takes a
 * second pass of the model, in the same batch, on the empty text.
 *
 * <p>{@link Sampling.Shift#PUBLISHED} is the pipeline's DPM-Solver++. {@link Sampling.Shift#STATIC}
 * is what the authors of the method made of it: Euler's method without shift, training at noise
 * levels of its own and on the text without the pipeline's instruction.
 *
 * <p>On the CPU the text encoder stays in memory; on a GPU it is loaded for each {@link #condition}
 * and freed after it.
 */
final class SanaModel implements FlowModel {
  private static final int STEPS = 20;
  private static final double GUIDANCE = 4.5;
  private static final double LEARNING_RATE = 5e-6;

  private final SanaParts parts;
  private final SanaTextEncoder textEncoder;
  private final SanaSchedules schedules;
  private final LoraTargets loraTargets;

  private SanaModel(SanaParts parts, SanaTextEncoder textEncoder) {
    this.parts = parts;
    this.textEncoder = textEncoder;
    SanaTransformer transformer = parts.transformer();
    schedules = new SanaSchedules(parts.scheduler());
    loraTargets =
        new LoraTargets(
            transformer.layers(),
            transformer.trained(),
            parts.placement(),
            new Lifetime("generator '" + parts.name() + "'"));
  }

  /**
   * Opens a pipeline's folder as a generator, which the caller closes. Of a folder without weights,
   * its configs and tokenizer do where random weights are wanted.
   *
   * @param folder with model_index.json and the folders it names
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  static Generator open(Path folder, LoadOptions opening) throws IOException {
    SanaTextEncoder textEncoder =
        SanaTextEncoder.open(folder, opening.textPlacement(), opening.weights().whole());
    Recomputation recomputation = opening.recomputation();
    try {
      SanaParts parts =
          SanaParts.load(
              folder, opening.placement(), opening.weights(), textEncoder, recomputation.blocks());
      return new FlowGenerator(new SanaModel(parts, textEncoder), recomputation);
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

  @Override
  public Placement placement() {
    return parts.placement();
  }

  /** 20 steps with guidance 4.5, at the size the model was trained for. */
  @Override
  public Sampling defaultSampling() {
    ImageSize size = defaultSize(parts.transformer().config(), parts.vae().config());
    return new Sampling(size, STEPS, GUIDANCE, Sampling.Shift.PUBLISHED);
  }

  /** The size the model was trained for. */
  static ImageSize defaultSize(SanaTransformerConfig config, AutoencoderDcConfig vae) {
    int unit = config.patchSize() * vae.scaleFactor();
    int side = config.sampleSize() * vae.scaleFactor();
    return ImageSize.square(Math.max(1, side / unit) * unit);
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
  public FlowSampler sampler(Sampling sampling) {
    return schedules.sampler(sampling);
  }

  /** û = G(z_t, text), or with guidance s: û₀ + s (û - û₀), û₀ = G(z_t, empty text). */
  @Override
  public Tensor velocity(Tensor zt, float timestep, Conditioning conditioning, Sampling sampling) {
    return SanaConditioning.reading(conditioning, text -> velocity(zt, timestep, text, sampling));
  }

  private Tensor velocity(Tensor zt, float timestep, GuidedText text, Sampling sampling) {
    boolean guided = sampling.guidanceScale() > 1;
    Tensor input = parts.placement().place(guided ? Ops.cat(0, zt, zt) : zt);
    Tensor t = torch.full(new long[] {1}, new Scalar(timestep), parts.placement().float32Options());
    long batch = zt.size(0);
    Tensor velocity =
        Ops.toFloat(
            parts
                .transformer()
                .forward(input, text.embeds(batch, guided), text.masks(batch, guided), t));
    if (!guided) {
      return velocity;
    }
    Tensor[] both = Ops.chunk(velocity, 2, 0);
    return both[0].add(Ops.mul(both[1].sub(both[0]), sampling.guidanceScale()));
  }

  @Override
  public Tensor decode(Tensor x0, ImageSize size) {
    return parts.decode(x0);
  }

  @Override
  public Optional<Path> folder() {
    return Optional.of(parts.folder().path());
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
