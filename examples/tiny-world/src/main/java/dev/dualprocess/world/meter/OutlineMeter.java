package dev.dualprocess.world.meter;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How thick a cartoon's outlines are: the dark line along the horizon, in columns where nothing
 * stands. A row counts by how far it is from the brightness of its side of the line towards that of
 * ink; the rows are summed up to where another line begins, and a low quantile over the columns is
 * taken, because a ridge's outline runs into the horizon's in some. A line that is blurred over
 * more rows is not thicker for it. In a picture drawn in tones, ink is not as dark and counts for
 * less.
 */
public final class OutlineMeter {
  private static final double SHARE_OF_COLUMNS = 0.3;
  private static final int STROKE_REACH = 2;
  private static final int BRIGHT_STROKE = 4;
  private static final int REACH = 5;
  private static final int SIDE = 4;
  private static final double QUANTILE = 0.35;
  private static final double INK = 18; // brightness

  private final EdgeMeter horizon = new EdgeMeter();

  /** How thick the outline is in pixels; 0 where no dark line runs along the horizon. */
  public double thickness(BufferedImage picture) {
    Raster raster = new Raster(picture);
    Raster bare = raster.withoutStrokes(STROKE_REACH).withoutBrightStrokes(BRIGHT_STROKE);
    int[] columns = AlikeColumns.of(bare, SHARE_OF_COLUMNS);
    DarkLine line = DarkLine.near(raster, columns, horizon.horizon(picture));
    if (!line.present()) {
      return 0;
    }
    return Median.quantile(
        QUANTILE, Arrays.stream(columns).mapToDouble(x -> thickness(raster, x, line.middle())));
  }

  private static double thickness(Raster raster, int x, double middle) {
    int center = (int) Math.floor(middle);
    double above = side(raster, x, center - REACH - SIDE, center - REACH);
    double below = side(raster, x, center + REACH + 1, center + REACH + 1 + SIDE);
    return ink(raster, x, center, Math.min(above, below))
        + half(raster, x, center, -1, above)
        + half(raster, x, center, 1, below);
  }

  /** The ink on one side of the middle, up to where the next line begins. */
  private static double half(Raster raster, int x, int center, int step, double side) {
    double sum = 0;
    double least = 1;
    for (int k = 1; k <= REACH; k++) {
      double ink = ink(raster, x, center + k * step, side);
      if (ink > least + 0.2) {
        return sum;
      }
      least = Math.min(least, ink);
      sum += ink;
    }
    return sum;
  }

  private static double ink(Raster raster, int x, int y, double side) {
    if (y < 0 || y >= raster.height()) {
      return 0;
    }
    double ink = (side - raster.brightness(x, y)) / Math.max(1, side - INK);
    return Math.max(0, Math.min(1, ink));
  }

  private static double side(Raster raster, int x, int from, int to) {
    int first = Math.max(0, Math.min(raster.height() - 1, from));
    int end = Math.max(first + 1, Math.min(raster.height(), to));
    return Median.of(IntStream.range(first, end).mapToDouble(y -> raster.brightness(x, y)));
  }
}
