package dev.dualprocess.examples.world.meter;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * How thick a cartoon's outlines are: the dark line along the horizon, column by column. A row
 * counts by how far it is from the colour of its side of the line towards black ink; the rows are
 * summed, and the median over the columns is taken. So a line that is blurred over more rows is not
 * thicker for it.
 */
public final class OutlineMeter {
  private static final double SHARE_OF_COLUMNS = 0.3;
  private static final int STROKE_REACH = 2;
  private static final int BRIGHT_STROKE = 4;
  private static final int REACH = 5;
  private static final int SIDE = 4;
  private static final double DEPTH_OF_INK = 0.3;
  private static final double INK = 18; // brightness

  private final EdgeMeter horizon = new EdgeMeter();

  /** In pixels; 0 where no dark line runs along the horizon. */
  public double thickness(BufferedImage picture) {
    Raster raster = new Raster(picture);
    Raster bare = raster.withoutStrokes(STROKE_REACH).withoutBrightStrokes(BRIGHT_STROKE);
    int[] columns = AlikeColumns.of(bare, SHARE_OF_COLUMNS);
    DarkLine line = DarkLine.near(raster, columns, horizon.horizon(picture));
    if (line.depth() < DEPTH_OF_INK) {
      return 0;
    }
    return Median.of(Arrays.stream(columns).mapToDouble(x -> thickness(raster, x, line.middle())));
  }

  private static double thickness(Raster raster, int x, double middle) {
    int center = (int) Math.floor(middle);
    double above = side(raster, x, center - REACH - SIDE, center - REACH);
    double below = side(raster, x, center + REACH + 1, center + REACH + 1 + SIDE);
    double sum = 0;
    for (int y = center - REACH; y <= center + REACH; y++) {
      if (y >= 0 && y < raster.height()) {
        double side = y == center ? Math.min(above, below) : y < center ? above : below;
        double ink = (side - raster.brightness(x, y)) / Math.max(1, side - INK);
        sum += Math.max(0, Math.min(1, ink));
      }
    }
    return sum;
  }

  private static double side(Raster raster, int x, int from, int to) {
    int first = Math.max(0, Math.min(raster.height() - 1, from));
    int end = Math.max(first + 1, Math.min(raster.height(), to));
    return Median.of(
        java.util.stream.IntStream.range(first, end).mapToDouble(y -> raster.brightness(x, y)));
  }
}
