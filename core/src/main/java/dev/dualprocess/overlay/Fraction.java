package dev.dualprocess.overlay;

/** Places in a picture as fractions of its sides. */
final class Fraction {
  private Fraction() {}

  /**
   * {@code value}, if it is from 0 (left, top) to 1 (right, bottom).
   *
   * @param what for the message
   */
  static double require(String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(what + " must be from 0 to 1, not " + value);
    }
    return value;
  }
}
