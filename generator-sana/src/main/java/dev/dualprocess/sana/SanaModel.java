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
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * Sana in all its forms. Latents are pictures, [C, H/32, W/32].
 *
 * <p>{@link Sampling.Shift#PUBLISHED} is the pipeline's own way. {@link Sampling.Shift#STATIC} is
 * what the authors of the method made of it: training on the text without the pipeline's
 * instruction, and of the levels what {@link GuidedSana} says.
 *
 * <p>On the CPU the text encoder stays in memory; on a GPU it is loaded for each {@link #condition}
 * and freed after it. With a {@link dev.dualprocess.text.cache.TextCache} it is opened for a text
 * that is not there.
 */
final class SanaModel implements FlowModel {
  private static final double GUIDANCE = 4.5;
  private static final double LEARNING_RATE = 5e-6;

  private final SanaParts parts;
  private final SanaTextEncoder textEncoder;
  private final SanaRecipe recipe;
  private final LoraTargets loraTargets;

  private SanaModel(SanaParts parts, SanaTextEncoder textEncoder) {
    this.parts = parts;
    this.textEncoder = textEncoder;
    SanaTransformer transformer = parts.transformer();
    recipe = parts.recipe();
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
        SanaTextEncoder.open(
            folder, opening.textPlacement(), opening.weights().whole(), opening.textCache());
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

  /** Guidance 4.5, at the size the model was trained for. */
  @Override
  public Sampling defaultSampling() {
    ImageSize size = defaultSize(parts.transformer().config(), parts.vae().config());
    return new Sampling(size, recipe.steps(), GUIDANCE, Sampling.Shift.PUBLISHED);
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
    List<SanaPrompt> instructed = behind(recipe.negatives(), SanaPrompt.instructed(text));
    List<SanaText> texts =
        textEncoder.encode(behind(instructed, SanaPrompt.plain(text)), parts.placement());
    try {
      List<SanaText> negatives = texts.subList(0, recipe.negatives().size());
      return new SanaConditioning(
          text,
          GuidedText.of(texts.subList(0, instructed.size())),
          GuidedText.of(behind(negatives, texts.get(instructed.size()))));
    } finally {
      texts.forEach(SanaText::close);
    }
  }

  private static <T> List<T> behind(List<T> others, T last) {
    return Stream.concat(others.stream(), Stream.of(last)).toList();
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
  public OptionalInt tokenSide() {
    return OptionalInt.of(parts.unit());
  }

  @Override
  public FlowSchedule schedule(Sampling sampling) {
    return recipe.sampled(sampling);
  }

  @Override
  public FlowSchedule trainingSchedule(Sampling sampling) {
    return recipe.trained(sampling);
  }

  @Override
  public FlowSampler sampler(Sampling sampling) {
    return recipe.sampler(sampling);
  }

  @Override
  public Tensor velocity(Tensor zt, float timestep, Conditioning conditioning, Sampling sampling) {
    return SanaConditioning.reading(
        conditioning,
        text ->
            recipe.velocity(
                parts.transformer(),
                parts.placement(),
                zt,
                timestep,
                text,
                sampling.guidanceScale()));
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
