package dev.dualprocess.world.meter;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How colours change across every boundary between two rows: the mean colour of the {@value #ROWS}
 * rows below less that of the {@value #ROWS} rows above, column by column.
 */
final class Jumps {
  static final int ROWS = 3;

  private final double[][][] values; // [boundary][column][channel]

  Jumps(Raster raster) {
    values = new double[raster.height() + 1][raster.width()][Raster.CHANNELS];
    for (int boundary = ROWS; boundary <= raster.height() - ROWS; boundary++) {
      for (int x = 0; x < raster.width(); x++) {
        for (int c = 0; c < Raster.CHANNELS; c++) {
          for (int k = 0; k < ROWS; k++) {
            values[boundary][x][c] +=
                (raster.at(x, boundary + k, c) - raster.at(x, boundary - 1 - k, c)) / ROWS;
          }
        }
      }
    }
  }

  /** By channel, the median over some columns. */
  double[] median(int[] columns, int boundary) {
    double[] median = new double[Raster.CHANNELS];
    for (int c = 0; c < median.length; c++) {
      int channel = c;
      median[c] = Median.of(Arrays.stream(columns).mapToDouble(x -> values[boundary][x][channel]));
    }
    return median;
  }

  /**
   * The share of all columns that make at least half of a jump there, or one boundary higher or
   * lower.
   */
  double agreement(double[] jump, int boundary) {
    double half = 0.5 * product(jump, jump);
    long agreeing =
        IntStream.range(0, values[boundary].length)
            .filter(
                x ->
                    product(values[boundary][x], jump) > half
                        || product(values[boundary - 1][x], jump) > half
                        || product(values[boundary + 1][x], jump) > half)
            .count();
    return (double) agreeing / values[boundary].length;
  }

  private static double product(double[] a, double[] b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  }

  /** The length of a difference of colours. */
  static double size(double[] jump) {
    return Math.sqrt(product(jump, jump));
  }

  /** The largest distance between the colours of two rows of a profile. */
  static double range(double[][] profile) {
    double range = 0;
    for (double[] one : profile) {
      for (double[] other : profile) {
        range =
            Math.max(
                range,
                size(new double[] {one[0] - other[0], one[1] - other[1], one[2] - other[2]}));
      }
    }
    return range;
  }
}
