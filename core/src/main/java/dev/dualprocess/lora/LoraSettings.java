package dev.dualprocess.lora;

import dev.dualprocess.lora.format.PathPattern;
import java.util.Objects;

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
  /** Wider than any layer that is adapted: a larger rank learns no more. */
  private static final int MOST_RANK = 1 << 16;

  private static final double MOST_ALPHA = 1e9;

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
      PathPattern.of(targetModules);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("target modules: " + e.getMessage(), e);
    }
    if (rank < 1 || rank > MOST_RANK) {
      throw new IllegalArgumentException(
          rank < 1
              ? "rank must be at least 1, not " + rank
              : "rank must be at most %d, not %d".formatted(MOST_RANK, rank));
    }
    if (!Double.isFinite(alpha) || alpha <= 0) {
      throw new IllegalArgumentException("alpha must be a number above 0, not " + alpha);
    }
    if (alpha > MOST_ALPHA) {
      throw new IllegalArgumentException(
          "alpha must be at most %.0f, not %s".formatted(MOST_ALPHA, alpha));
    }
  }

  /** An adapter of the same rank and start on other layers. */
  public LoraSettings onModules(String newTargetModules) {
    return new LoraSettings(rank, alpha, init, newTargetModules);
  }
}
