package dev.dualprocess.cli;

import dev.dualprocess.Sampling;
import dev.dualprocess.distill.AdamSettings;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.TrainingScheme;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.overlay.PresentationSettings.Range;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The settings of a distillation; what is not said is the preset's. */
final class TrainingOptions {
  /** Where the defaults come from. */
  enum Preset {
    /** What the paper's text says. */
    PAPER,
    /** What the authors' code does. */
    AUTHORS
  }

  @Option(
      names = "--preset",
      paramLabel = "paper|authors",
      description = "The paper's text, or the authors' code where it differs (default: paper).")
  private Preset preset = Preset.PAPER;

  @Option(names = "--steps", paramLabel = "N", description = "Optimisation steps (default: 100).")
  private @Nullable Integer steps;

  @Option(names = "--rank", paramLabel = "R", description = "Rank of the LoRA (default: 16).")
  private @Nullable Integer rank;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      description = "The LoRA's effect is scaled by alpha / rank (default: 5 x rank; authors: 40).")
  private @Nullable Double alpha;

  @Option(
      names = "--learning-rate",
      paramLabel = "LR",
      description = "Adam's (default: the generator's; 5e-5 for FLUX.1, 5e-6 for Sana).")
  private @Nullable Double learningRate;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Noise seeds that training goes round (default: 100).")
  private @Nullable Integer seeds;

  @Option(
      names = "--accumulate",
      paramLabel = "K",
      description =
          "Seeds that a step takes the mean gradient of (default: 1, or as many as there are"
              + " --devices).")
  private @Nullable Integer accumulate;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the run: noise, sampled steps and the LoRA's start (default: 0).")
  private long seed;

  @Option(
      names = "--scheme",
      paramLabel = "sampled_step|renoise",
      description =
          "Train at a step of the sampling schedule, or at a finished image noised again"
              + " (default: sampled_step).")
  private TrainingScheme scheme = TrainingScheme.SAMPLED_STEP;

  @Option(
      names = "--range",
      paramLabel = "fixed|clamped|min_max",
      description =
          "Pixel values as the verifier gets them: as they are, cut at what a saved picture can hold,"
              + " or stretched from the smallest to the largest (default: the preset's, which is"
              + " fixed, the authors' min_max).")
  private @Nullable Range range;

  @Option(
      names = "--target-modules",
      paramLabel = "REGEX",
      description =
          "Layers that the adapter covers, by their whole paths (default: the generator's choice).")
  private String targetModules = "";

  @Mixin private RegularisationOptions regularisation;

  /** The rank of the LoRA. */
  int rank() {
    return anywhere().lora().rank();
  }

  /** Where the defaults come from. */
  Preset preset() {
    return preset;
  }

  /** Judges the options before anything is loaded; only the size can then still be wrong. */
  void check() {
    anywhere();
  }

  /**
   * Has every step take a seed for each of so many devices, unless it was said how many.
   *
   * @throws IllegalArgumentException in one line, if they cannot be shared evenly
   */
  void sharedBy(int devices) {
    if (accumulate == null) {
      accumulate = devices;
    } else if (accumulate % devices != 0) {
      throw new IllegalArgumentException(
          "--accumulate %d cannot be shared evenly by %d devices: give a multiple of %d"
              .formatted(accumulate, devices, devices));
    }
  }

  private DistillSettings anywhere() {
    return settings(
        new Sampling(ImageSize.square(1), 1, 0, Sampling.Shift.PUBLISHED),
        AdamSettings.PAPER.learningRate());
  }

  /**
   * The preset's settings, with these options over them.
   *
   * @param defaultLearningRate the generator's
   * @throws IllegalArgumentException in one line, if a value is out of range
   */
  DistillSettings settings(Sampling sampling, double defaultLearningRate) {
    DistillSettings settings =
        preset == Preset.AUTHORS
            ? DistillSettings.authors(sampling)
            : DistillSettings.paper(sampling);
    settings =
        settings
            .withSeed(seed)
            .withScheme(scheme)
            .withLora(lora(settings.lora()))
            .withRegularisation(regularisation.regularisation());
    if (range != null) {
      boolean transposed = settings.presentation().transposedSize();
      settings = settings.withPresentation(new PresentationSettings(range, transposed));
    }
    settings = steps == null ? settings : settings.withSteps(steps);
    settings = seeds == null ? settings : settings.withSeeds(seeds);
    settings = accumulate == null ? settings : settings.withAccumulate(accumulate);
    return settings.withLearningRate(learningRate == null ? defaultLearningRate : learningRate);
  }

  private LoraSettings lora(LoraSettings defaults) {
    int newRank = rank == null ? defaults.rank() : rank;
    double newAlpha = preset == Preset.AUTHORS ? defaults.alpha() : 5.0 * newRank;
    return new LoraSettings(
        newRank, alpha == null ? newAlpha : alpha, defaults.init(), targetModules);
  }
}
