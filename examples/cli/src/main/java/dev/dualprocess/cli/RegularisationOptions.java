package dev.dualprocess.cli;

import dev.dualprocess.augment.Augmentation;
import dev.dualprocess.distill.EarlyStop;
import dev.dualprocess.distill.Regularisation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What keeps a run from pleasing its verifier alone; nothing unless it is asked for. */
final class RegularisationOptions {
  private static final int DEFAULT_WINDOW = 10;

  @Option(
      names = "--augment-shift",
      paramLabel = "PART",
      description = "Shift what the verifier sees at random by up to this part of its sides.")
  private double shift;

  @Option(
      names = "--augment-crop",
      paramLabel = "PART",
      description = "Crop what the verifier sees at random by up to this part of its sides.")
  private double crop;

  @Option(
      names = "--augment-blur",
      paramLabel = "PX",
      description = "Blur what the verifier sees at random, by up to that standard deviation.")
  private double blur;

  @Option(
      names = "--augment-noise",
      paramLabel = "SD",
      description = "Add noise of that standard deviation to what the verifier sees (-1 to 1).")
  private double noise;

  @Option(
      names = "--lora-penalty",
      paramLabel = "W",
      description = "Weight of a penalty on the change of the weights, the sum of |s BA|^2.")
  private double loraPenalty;

  @Option(
      names = "--drift-penalty",
      paramLabel = "W",
      description =
          "Weight of a penalty on the mean squared change of the image; takes one more pass.")
  private double driftPenalty;

  @Option(
      names = "--texture-penalty",
      paramLabel = "W",
      description =
          "Weight of a penalty on the mean squared change of the differences between neighbouring"
              + " pixels: colours may change, what is drawn may not; takes one more pass.")
  private double texturePenalty;

  @Option(
      names = "--pattern-penalty",
      paramLabel = "W",
      description = "Weight of a penalty on what looks alike in every token of the image.")
  private double patternPenalty;

  @Option(
      names = "--velocity-penalty",
      paramLabel = "W",
      description =
          "Weight of a penalty on the mean squared change of the velocity: one more pass of the"
              + " transformer, nothing is decoded; of flow models.")
  private double velocityPenalty;

  @Option(
      names = "--stop-at",
      paramLabel = "P",
      description = "Stop as soon as the mean probability of the last steps is at least this.")
  private @Nullable Double stopAt;

  @Option(
      names = "--stop-window",
      paramLabel = "K",
      description = "How many of the last steps --stop-at looks at (default: 10).")
  private @Nullable Integer stopWindow;

  /**
   * What was asked for.
   *
   * @throws IllegalArgumentException in one line, if a value is out of range
   */
  Regularisation regularisation() {
    return new Regularisation(
        new Augmentation(shift, crop, blur, noise),
        loraPenalty,
        driftPenalty,
        texturePenalty,
        patternPenalty,
        velocityPenalty,
        0,
        earlyStop());
  }

  private EarlyStop earlyStop() {
    if (stopAt == null) {
      if (stopWindow != null) {
        throw new IllegalArgumentException("--stop-window needs --stop-at");
      }
      return EarlyStop.NEVER;
    }
    int window = stopWindow == null ? DEFAULT_WINDOW : stopWindow;
    if (window < 1) {
      throw new IllegalArgumentException("--stop-window must be at least 1, not " + window);
    }
    return new EarlyStop(window, stopAt);
  }
}
