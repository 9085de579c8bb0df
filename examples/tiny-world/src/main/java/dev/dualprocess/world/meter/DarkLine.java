package dev.dualprocess.world.meter;

import java.util.Arrays;

/**
 * A dark line that runs along a row through most of some columns: darker than what is brightest
 * within {@value #REACH} rows above and than what is brightest within as many rows below.
 *
 * @param middle its centre of darkness, in rows from the top
 * @param depth how much darker its darkest row is than the darker of its sides, as a share of that
 *     side, 0 to 1
 */
record DarkLine(double middle, double depth) {
  private static final int REACH = 7;
  private static final int NEAR = 5;
  private static final int BRIGHT_STROKE = 4;
  private static final double DEEP = 0.12;

  /** "Most" columns: the share of them that may be less dark. */
  private static final double DISSENT = 0.4;

  boolean present() {
    return depth > DEEP;
  }

  /** The one near a boundary; of a depth of 0 where there is none. */
  static DarkLine near(Raster raster, int[] columns, double boundary) {
    Raster bare = raster.withoutBrightStrokes(BRIGHT_STROKE);
    double[][] depths = new double[columns.length][];
    Arrays.setAll(depths, i -> depths(raster, bare, columns[i]));
    double deepest = 0;
    double weight = 0;
    double moment = 0;
    int from = (int) Math.max(0, Math.round(boundary) - NEAR);
    int to = (int) Math.min(raster.height(), Math.round(boundary) + NEAR);
    for (int y = from; y < to; y++) {
      int row = y;
      double depth =
          Median.quantile(DISSENT, Arrays.stream(depths).mapToDouble(column -> column[row]));
      deepest = Math.max(deepest, depth);
      weight += depth;
      moment += depth * (y + 0.5);
    }
    return new DarkLine(weight == 0 ? boundary : moment / weight, deepest);
  }

  /** By row of a column, how much darker it is than the darker of its sides, as a share of that. */
  private static double[] depths(Raster raster, Raster bare, int x) {
    int height = raster.height();
    double[] depths = new double[height];
    for (int y = 0; y < height; y++) {
      double above = 0;
      double below = 0;
      for (int k = 1; k <= REACH; k++) {
        above = y - k < 0 ? above : Math.max(above, bare.brightness(x, y - k));
        below = y + k >= height ? below : Math.max(below, bare.brightness(x, y + k));
      }
      double side = Math.min(above, below);
      depths[y] = Math.max(0, side - raster.brightness(x, y)) / Math.max(1, side);
    }
    return depths;
  }
}
