package dev.dualprocess.flux;

/** Checks of the numbers in config files. */
final class Sizes {
  private Sizes() {}

  /** Refuses a size that cannot be cut into equal parts. */
  static void requireMultiple(String field, int value, String partsField, int parts) {
    if (value % parts != 0) {
      throw new IllegalArgumentException(
          "%s is %d, which is not a multiple of %s %d".formatted(field, value, partsField, parts));
    }
  }
}
