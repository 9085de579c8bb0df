package dev.dualprocess.overlay;

/** How much of a drawing covers an image. */
final class Opacity {
  private Opacity() {}

  /** The value, if it is above 0 and at most 1. */
  static double require(double value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException("'opacity' must be above 0 and at most 1, not " + value);
    }
    return value;
  }
}
