package dev.dualprocess.lora;

import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A new adapter's rank, scale and start: W + alpha / rank · BA. B starts at zero, so a new adapter
 * changes nothing.
 *
 * @param rank r, at least 1
 * @param alpha numerator of the scale alpha / rank
 * @param init how A starts
 * @param targetModules which of the generator's layers it covers: a regular expression that matches
 *     their whole paths, as PEFT's {@code target_modules} does; empty for the generator's own
 *     choice
 */
public record LoraSettings(int rank, double alpha, Init init, String targetModules) {
  /** How the entries of A are drawn. */
  public enum Init {
    /** Uniform in ±1/√in: Kaiming's rule as PEFT applies it by default. */
    KAIMING_UNIFORM,
    /** Normal with standard deviation 1/rank. */
    GAUSSIAN
  }

  /** Covers what the generator chooses. */
  public LoraSettings(int rank, double alpha, Init init) {
    this(rank, alpha, init, "");
  }

  /** Checks the ranges. */
  public LoraSettings {
    Objects.requireNonNull(init, "init");
    Objects.requireNonNull(targetModules, "targetModules");
    try {
      Pattern.compile(targetModules);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "target modules '" + targetModules + "': " + e.getDescription(), e);
    }
    if (rank < 1) {
      throw new IllegalArgumentException("rank must be at least 1, not " + rank);
    }
    if (!Double.isFinite(alpha) || alpha <= 0) {
      throw new IllegalArgumentException("alpha must be a number above 0, not " + alpha);
    }
  }

  /** An adapter of the same rank and start on other layers. */
  public LoraSettings onModules(String newTargetModules) {
    return new LoraSettings(rank, alpha, init, newTargetModules);
  }
}
