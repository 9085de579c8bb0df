package dev.dualprocess.config;

/**
 * Checks of the real numbers in a model's configuration; each refuses in one line that names a
 * field.
 */
public final class Reals {
  private static final double LARGEST = 1e9;

  private Reals() {}

  /** Refuses what is not from {@code least} to {@code most}, NaN too. */
  public static void requireWithin(String field, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s is %s, it must be from %s to %s".formatted(field, value, least, most));
    }
  }

  /** Refuses NaN, what is not above 0, and what no model has. */
  public static void requirePositive(String field, double value) {
    requireWithin(field, value, 1 / LARGEST, LARGEST);
  }

  /** Refuses NaN, 0 and what is so near to it or so far that numbers overflow; of either sign. */
  public static void requireFactor(String field, double value) {
    double size = Math.abs(value);
    if (!(size >= 1 / LARGEST && size <= LARGEST)) {
      throw new IllegalArgumentException(
          "%s is %s, it must be a factor neither 0 nor beyond %s".formatted(field, value, LARGEST));
    }
  }

  /** Refuses NaN and what is beyond all use; of either sign. */
  public static void requireOffset(String field, double value) {
    requireWithin(field, value, -LARGEST, LARGEST);
  }

  /** Refuses what is not from 0 to 1, which is added where something may be 0. */
  public static void requireEps(String field, double value) {
    requireWithin(field, value, 0, 1);
  }
}
