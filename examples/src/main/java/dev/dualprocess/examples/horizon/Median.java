package dev.dualprocess.examples.horizon;

import java.util.Arrays;

/** The middle value. */
final class Median {
  private Median() {}

  /** Of at least one value; the mean of the two middle ones where their number is even. */
  static double of(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
