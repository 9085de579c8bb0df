package dev.dualprocess.world.meter;

import java.util.stream.DoubleStream;

/** Medians and other quantiles of a few values. */
final class Median {
  private Median() {}

  /** The value that a share of the others lie below. */
  static double quantile(double share, DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
  }

  /** Of at least one value; the mean of the two middle ones where their number is even. */
  static double of(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
