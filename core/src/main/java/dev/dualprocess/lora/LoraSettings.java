package dev.dualprocess.lora;

import java.util.Objects;

/**
 * A new adapter's shape and start. B starts at zero, so a new adapter changes nothing.
 *
 * @param rank r, at least 1
 * @param alpha numerator of the scale alpha / rank
 * @param init how A starts
 */
public record LoraSettings(int rank, double alpha, Init init) {
  /** How A starts. */
  public enum Init {
    /** Uniform in ±1/√in: Kaiming's rule as PEFT applies it by default. */
    KAIMING_UNIFORM,
    /** Normal with standard deviation 1/rank. */
    GAUSSIAN
  }

  /** Checks the ranges. */
  public LoraSettings {
    Objects.requireNonNull(init, "init");
    if (rank < 1) {
      throw new IllegalArgumentException("rank must be at least 1, not " + rank);
    }
    if (!Double.isFinite(alpha) || alpha <= 0) {
      throw new IllegalArgumentException("alpha must be a number above 0, not " + alpha);
    }
  }
}
