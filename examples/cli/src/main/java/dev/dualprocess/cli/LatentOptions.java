package dev.dualprocess.cli;

import dev.dualprocess.Sampling;
import dev.dualprocess.cli.TrainingOptions.Preset;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Regularisation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The settings with which noise is optimised; what is not said is {@link
 * DistillSettings#ofLatents}'s.
 */
final class LatentOptions {
  @Option(
      names = "--latent-learning-rate",
      paramLabel = "LR",
      description = "Adam's on the noise (default: 0.05).")
  private @Nullable Double learningRate;

  @Option(
      names = "--shell",
      paramLabel = "W",
      description =
          "Weight of the regulariser that keeps the noise as long as Gaussian noise is, such as"
              + " 0.01 (default: 0, none).")
  private double shellWeight;

  /**
   * The preset's settings for latents, with these options over them.
   *
   * @throws IllegalArgumentException in one line, if a value is out of range
   */
  DistillSettings settings(Preset preset, Sampling sampling, @Nullable Integer steps, long seed) {
    DistillSettings settings =
        (preset == Preset.AUTHORS
                ? DistillSettings.authors(sampling)
                : DistillSettings.paper(sampling))
            .ofLatents()
            .withSeed(seed)
            .withRegularisation(Regularisation.NONE.withShellPenalty(shellWeight));
    settings = steps == null ? settings : settings.withSteps(steps);
    return learningRate == null ? settings : settings.withLearningRate(learningRate);
  }
}
