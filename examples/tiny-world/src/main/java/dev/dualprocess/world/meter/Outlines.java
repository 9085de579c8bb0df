package dev.dualprocess.world.meter;

import java.awt.image.BufferedImage;

/**
 * Whether what was drawn is still there, whatever its colours are now: the share of a picture's
 * outlines that another has within a pixel of the same place.
 *
 * <p>An outline is where a channel changes by {@value #EDGE} of its range a pixel and more, by
 * central differences. It is kept where the other picture changes at least {@value #PART} times as
 * much, and {@value #LEAST} of the range.
 */
public final class Outlines {
  private static final double EDGE = 0.06;
  private static final double PART = 0.4;
  private static final double LEAST = 0.03;
  private static final int MARGIN = 2;
  private static final double RANGE = 255;

  private Outlines() {}

  /**
   * The share of {@code before}'s outlines that {@code after} has, 0 to 1; 1 where there are none.
   *
   * @param after of the same size
   */
  public static double kept(BufferedImage before, BufferedImage after) {
    double[][] was = changes(before);
    double[][] is = changes(after);
    int outlines = 0;
    int kept = 0;
    for (int y = MARGIN; y < was.length - MARGIN; y++) {
      for (int x = MARGIN; x < was[y].length - MARGIN; x++) {
        if (was[y][x] >= EDGE) {
          outlines++;
          kept += strongestNear(is, x, y) >= Math.max(LEAST, PART * was[y][x]) ? 1 : 0;
        }
      }
    }
    return outlines == 0 ? 1 : (double) kept / outlines;
  }

  private static double strongestNear(double[][] changes, int x, int y) {
    double strongest = 0;
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) {
        strongest = Math.max(strongest, changes[y + dy][x + dx]);
      }
    }
    return strongest;
  }

  /** By row and column, the largest change of a channel; none along the border. */
  private static double[][] changes(BufferedImage picture) {
    Raster raster = new Raster(picture);
    double[][] changes = new double[raster.height()][raster.width()];
    for (int y = 1; y < raster.height() - 1; y++) {
      for (int x = 1; x < raster.width() - 1; x++) {
        for (int c = 0; c < Raster.CHANNELS; c++) {
          double across = raster.at(x + 1, y, c) - raster.at(x - 1, y, c);
          double down = raster.at(x, y + 1, c) - raster.at(x, y - 1, c);
          changes[y][x] = Math.max(changes[y][x], Math.hypot(across, down) / (2 * RANGE));
        }
      }
    }
    return changes;
  }
}
