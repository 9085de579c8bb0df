package dev.dualprocess.cli.demo;

import dev.dualprocess.Sampling;
import dev.dualprocess.distill.AdamSettings;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.EarlyStop;
import dev.dualprocess.distill.Regularisation;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.overlay.PresentationSettings.Range;
import dev.dualprocess.world.training.TinyTeaching;

/**
 * How the bundled models are taught, task by task. What suits a model of a few million parameters
 * is far from what suits one of twelve billion: here the adapter mostly changes how the prompt is
 * read and nothing else, and every picture is shown to the verifier a little moved, so that what
 * pleases its grid of patches alone is of no use.
 *
 * @param steps optimisation steps, if none is left out
 * @param learningRate Adam's
 * @param rank of the adapter; alpha is the same
 * @param modules that take the adapter, a regular expression
 * @param regularisation what holds it back
 * @param range how pixel values reach the verifier
 */
public record DemoSettings(
    int steps,
    double learningRate,
    int rank,
    String modules,
    Regularisation regularisation,
    Range range) {
  private static final Regularisation MOVED =
      Regularisation.NONE.withAugmentation(TinyTeaching.MOVED);

  /**
   * Held close to the bare pictures, and ended where the line is met: from there on, what changes
   * is what nobody asked for.
   */
  private static final Regularisation CLOSE =
      MOVED.withDriftPenalty(0.4).withEarlyStop(new EarlyStop(100, 0.96));

  /** Outlines are kept, and no dots come. */
  private static Regularisation outlined(double texturePenalty, double patternPenalty) {
    return MOVED.withTexturePenalty(texturePenalty).withPatternPenalty(patternPenalty);
  }

  /** Settings for a control that is none of the tasks: quick, and close to the bare pictures. */
  public static final DemoSettings ANY =
      new DemoSettings(400, 7e-4, 4, TinyTeaching.TEXT_STREAM, CLOSE, Range.MIN_MAX);

  /** The settings of a task. */
  public static DemoSettings of(DemoTask task) {
    return switch (task.name()) {
      case "horizon" ->
          new DemoSettings(900, 1e-3, 4, TinyTeaching.TEXT_STREAM, CLOSE, Range.MIN_MAX);
      case "palette" ->
          new DemoSettings(900, 7e-4, 4, TinyTeaching.WHOLE_TEXT, outlined(15, 600), Range.CLAMPED);
      case "line-weight" ->
          new DemoSettings(400, 1e-3, 4, TinyTeaching.TEXT_STREAM, MOVED, Range.MIN_MAX);
      case "night" ->
          new DemoSettings(500, 1e-3, 4, TinyTeaching.TEXT_STREAM, outlined(2, 200), Range.MIN_MAX);
      case "depth" ->
          new DemoSettings(500, 1e-3, 4, TinyTeaching.TEXT_STREAM, outlined(2, 200), Range.CLAMPED);
      case "composition" ->
          new DemoSettings(
              500,
              7e-4,
              4,
              TinyTeaching.EVERY_STREAM,
              outlined(6, 400).withDriftPenalty(0.5),
              Range.CLAMPED);
      default -> throw new IllegalArgumentException("no settings for task " + task.name());
    };
  }

  /** These settings with exactly so many optimisation steps. */
  public DemoSettings withSteps(int newSteps) {
    return new DemoSettings(
        newSteps,
        learningRate,
        rank,
        modules,
        regularisation.withEarlyStop(EarlyStop.NEVER),
        range);
  }

  /** The authors' preset with these; fresh noise at every step. */
  public DistillSettings distillation(Sampling sampling, long seed) {
    DistillSettings authors = DistillSettings.authors(sampling);
    return authors
        .withSteps(steps)
        .withSeeds(steps)
        .withSeed(seed)
        .withLora(new LoraSettings(rank, rank, LoraSettings.Init.GAUSSIAN).onModules(modules))
        .withAdam(AdamSettings.PAPER.withLearningRate(learningRate))
        .withRegularisation(regularisation)
        .withPresentation(new PresentationSettings(range, authors.presentation().transposedSize()));
  }
}
