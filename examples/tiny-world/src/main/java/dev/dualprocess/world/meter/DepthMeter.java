package dev.dualprocess.world.meter;

import java.awt.image.BufferedImage;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Which of two points is nearer, by perspective: the lower a thing stands below the horizon, the
 * nearer it is.
 *
 * <p>The nearness of a pixel is, in rows below the horizon: of bare ground its own row; of a thing
 * that stands in front, the row of its foot; 0 of the sky and of what does not reach below the
 * horizon, such as sun and mountains. A thing is what differs from its row's bare colour and hangs
 * together. The nearness at a point is the mean over a disc of {@value #RADIUS} pixels, so it
 * changes by degrees as things move.
 */
public final class DepthMeter {
  private static final int RADIUS = 3;
  private static final int STROKE_REACH = 2;
  private static final int BRIGHT_STROKE = 4;
  private static final double SHARE_OF_COLUMNS = 0.2;

  /** A thing's distance from its row's bare colour, as a share of the distances between rows. */
  private static final double DIFFERENT = 0.25;

  private static final double LEAST_DIFFERENT = 12; // channels from 0 to 255
  private static final double MOST_DIFFERENT = 38;
  private static final int HALF_WIDTH = 10; // how far beside a pixel its foot may be
  private static final double STANDS_BELOW = 1.5;
  private static final double LINE = 2.2; // rows to either side of the horizon

  private final EdgeMeter horizon = new EdgeMeter();

  /**
   * How much nearer A is than B.
   *
   * @param ax where A is across, 0 left to 1 right
   * @param ay where A is down, 0 top to 1 bottom
   * @param bx where B is across
   * @param by where B is down
   * @return nearness of A less nearness of B, in rows
   */
  public double lead(BufferedImage picture, double ax, double ay, double bx, double by) {
    Landscape landscape = new Landscape(picture, horizon.horizon(picture));
    return landscape.nearness(ax, ay) - landscape.nearness(bx, by);
  }

  /** The nearness of one point, x and y from 0 to 1, in rows. */
  public double nearness(BufferedImage picture, double x, double y) {
    return new Landscape(picture, horizon.horizon(picture)).nearness(x, y);
  }

  /** Which pixels of a picture are things, and how near each is. */
  private static final class Landscape {
    private final int width;
    private final int height;
    private final double horizon;
    private final boolean[][] things; // [height][width]

    Landscape(BufferedImage picture, double horizon) {
      Raster bare =
          new Raster(picture).withoutStrokes(STROKE_REACH).withoutBrightStrokes(BRIGHT_STROKE);
      this.width = bare.width();
      this.height = bare.height();
      this.horizon = horizon;
      this.things = new boolean[height][width];
      double[][] empty = bare.medians(AlikeColumns.of(bare, SHARE_OF_COLUMNS));
      double different =
          Math.max(LEAST_DIFFERENT, Math.min(MOST_DIFFERENT, DIFFERENT * Jumps.range(empty)));
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double squares = 0;
          for (int c = 0; c < Raster.CHANNELS; c++) {
            double off = bare.at(x, y, c) - empty[y][c];
            squares += off * off;
          }
          things[y][x] = squares > different * different;
        }
      }
      bridge();
    }

    /** A line along the horizon hides what crosses it: trunks go on below where they came. */
    private void bridge() {
      int above = (int) Math.floor(horizon - LINE);
      int below = (int) Math.ceil(horizon + LINE);
      if (above < 0 || below >= height) {
        return;
      }
      for (int x = 0; x < width; x++) {
        if (things[above][x] && things[below][x]) {
          for (int y = above; y < below; y++) {
            things[y][x] = true;
          }
        }
      }
    }

    double nearness(double x, double y) {
      int centerX = (int) Math.round(x * width);
      int centerY = (int) Math.round(y * height);
      double sum = 0;
      int count = 0;
      for (int dy = -RADIUS; dy < RADIUS; dy++) {
        for (int dx = -RADIUS; dx < RADIUS; dx++) {
          int px = centerX + dx;
          int py = centerY + dy;
          boolean inside = px >= 0 && px < width && py >= 0 && py < height;
          if (inside && Math.hypot(dx + 0.5, dy + 0.5) <= RADIUS) {
            sum += nearnessOfPixel(px, py);
            count++;
          }
        }
      }
      return count == 0 ? 0 : sum / count;
    }

    private double nearnessOfPixel(int x, int y) {
      double ground = Math.max(0, y + 0.5 - horizon);
      if (!things[y][x]) {
        return ground;
      }
      double foot = foot(x, y) + 1 - horizon;
      return foot > STANDS_BELOW ? Math.max(foot, ground) : 0;
    }

    /** The lowest row of the thing at that pixel, not far to either side. */
    private int foot(int x, int y) {
      boolean[][] seen = new boolean[height][width];
      Deque<int[]> open = new ArrayDeque<>();
      open.push(new int[] {x, y});
      seen[y][x] = true;
      int lowest = y;
      while (!open.isEmpty()) {
        int[] pixel = open.pop();
        lowest = Math.max(lowest, pixel[1]);
        for (int[] step : new int[][] {{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
          int nx = pixel[0] + step[0];
          int ny = pixel[1] + step[1];
          if (nx >= Math.max(0, x - HALF_WIDTH)
              && nx < Math.min(width, x + HALF_WIDTH)
              && ny >= 0
              && ny < height
              && things[ny][nx]
              && !seen[ny][nx]) {
            seen[ny][nx] = true;
            open.push(new int[] {nx, ny});
          }
        }
      }
      return lowest;
    }
  }
}
