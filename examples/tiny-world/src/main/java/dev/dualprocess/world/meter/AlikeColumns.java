package dev.dualprocess.world.meter;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The columns of a picture that are most like each other, and plain: nothing stands in them, for
 * what stands in a landscape looks different from column to column, and bare sky above bare ground
 * does not.
 */
final class AlikeColumns {
  private static final double PLAINNESS = 0.3;

  private AlikeColumns() {}

  /** The column that lies closest to that share of all columns, and those. */
  static int[] of(Raster raster, double share) {
    int width = raster.width();
    int count = (int) Math.ceil(share * width);
    double[][] distances = distances(raster);
    int center =
        IntStream.range(0, width)
            .boxed()
            .min(
                Comparator.comparingDouble(
                    x ->
                        PLAINNESS * count * variation(raster, x)
                            + IntStream.range(0, width)
                                .mapToDouble(other -> distances[x][other])
                                .sorted()
                                .limit(count)
                                .sum()))
            .orElseThrow();
    return IntStream.range(0, width)
        .boxed()
        .sorted(Comparator.comparingDouble(x -> distances[center][x]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** How much a column changes from row to row; the walls of a house are alike, but not plain. */
  private static double variation(Raster raster, int x) {
    double sum = 0;
    for (int y = 1; y < raster.height(); y++) {
      for (int c = 0; c < Raster.CHANNELS; c++) {
        sum += Math.abs(raster.at(x, y, c) - raster.at(x, y - 1, c));
      }
    }
    return sum;
  }

  private static double[][] distances(Raster raster) {
    double[][] distances = new double[raster.width()][raster.width()];
    for (int a = 0; a < distances.length; a++) {
      for (int b = 0; b < a; b++) {
        double sum = 0;
        for (int y = 0; y < raster.height(); y++) {
          for (int c = 0; c < Raster.CHANNELS; c++) {
            sum += Math.abs(raster.at(a, y, c) - raster.at(b, y, c));
          }
        }
        distances[a][b] = sum;
        distances[b][a] = sum;
      }
    }
    return distances;
  }
}
