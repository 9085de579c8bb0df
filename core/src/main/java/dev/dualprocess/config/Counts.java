package dev.dualprocess.config;

/** Checks of the counts in a model's configuration; each refuses in one line that names a field. */
public final class Counts {
  /** More than any published model has; those have up to 126. */
  public static final int MOST_LAYERS = 1000;

  /** More than any published model's widths, heads, vocabularies and pictures have. */
  public static final int MOST_SIZE = 1 << 20;

  private static final int MOST_LEVELS = 10; // of resolution: one is half of the other

  private Counts() {}

  /** Refuses a count below 1. */
  public static void requirePositive(String field, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(field + " is " + value + ", it must be at least 1");
    }
  }

  /** Refuses a width, a number of heads or entries, or the product of some, that no model has. */
  public static void requireSize(String field, long value) {
    requirePositive(field, value);
    requireAtMost(field, value, MOST_SIZE);
  }

  /** Refuses a list with an entry for each resolution that has none, or more than any model has. */
  public static void requireLevels(String field, int entries) {
    if (entries < 1 || entries > MOST_LEVELS) {
      throw new IllegalArgumentException(
          "%s has %d entries, it must have 1 to %d".formatted(field, entries, MOST_LEVELS));
    }
  }

  /** Refuses a number of layers that no model has and that would take for ever to make. */
  public static void requireLayers(String field, int value) {
    requirePositive(field, value);
    requireAtMost(field, value, MOST_LAYERS);
  }

  /** Refuses what is more than can be computed with. */
  public static void requireAtMost(String field, double value, double most) {
    if (!(value <= most)) {
      throw new IllegalArgumentException(
          "%s is %s, it must be at most %s".formatted(field, value, shown(most)));
    }
  }

  private static String shown(double most) {
    return most < MOST_SIZE ? "%.0f".formatted(most) : Double.toString(most);
  }

  /** Refuses what is more than makes sense. */
  public static void requireAtMost(String field, long value, long most) {
    if (value > most) {
      throw new IllegalArgumentException(
          "%s is %d, it must be at most %d".formatted(field, value, most));
    }
  }
}
