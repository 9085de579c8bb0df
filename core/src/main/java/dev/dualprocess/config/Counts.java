package dev.dualprocess.config;

/** Checks of the counts in a model's configuration; each refuses in one line that names a field. */
public final class Counts {
  /** More than any published model has; those have up to 126. */
  public static final int MOST_LAYERS = 1000;

  private Counts() {}

  /** Refuses a count below 1. */
  public static void requirePositive(String field, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(field + " is " + value + ", it must be at least 1");
    }
  }

  /** Refuses a number of layers that no model has and that would take for ever to make. */
  public static void requireLayers(String field, int value) {
    requirePositive(field, value);
    if (value > MOST_LAYERS) {
      throw new IllegalArgumentException(
          "%s is %d, it must be at most %d".formatted(field, value, MOST_LAYERS));
    }
  }
}
