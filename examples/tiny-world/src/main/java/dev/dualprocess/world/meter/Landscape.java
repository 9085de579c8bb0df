package dev.dualprocess.world.meter;

import com.google.common.primitives.ImmutableIntArray;
import dev.dualprocess.world.Frame;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which pixels of a picture are things, and how near each is. A thing is what differs from its
 * row's bare colour and hangs together.
 */
final class Landscape {
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
  private static final int LEAST_PIXELS = 12; // of a thing
  private static final int LEAST_PART = 3; // pixels of a part that counts
  private static final int MOST_PARTS = 5; // in a half
  private static final int LEAST_ACROSS = 2; // pixels of a row or column that counts

  private final int width;
  private final int height;
  private final double horizon;
  private final boolean[][] things; // [height][width]

  private Landscape(BufferedImage picture, double horizon) {
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

  /** Of a picture, from its horizon as {@link EdgeMeter} finds it. */
  static Landscape of(BufferedImage picture) {
    return new Landscape(picture, new EdgeMeter().horizon(picture));
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
    for (int dy = -DepthMeter.RADIUS; dy < DepthMeter.RADIUS; dy++) {
      for (int dx = -DepthMeter.RADIUS; dx < DepthMeter.RADIUS; dx++) {
        int px = centerX + dx;
        int py = centerY + dy;
        boolean inside = px >= 0 && px < width && py >= 0 && py < height;
        if (inside && Math.hypot(dx + 0.5, dy + 0.5) <= DepthMeter.RADIUS) {
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
    int from = Math.max(0, x - HALF_WIDTH);
    int to = Math.min(width, x + HALF_WIDTH);
    return part(x, y, from, to, new boolean[height][width]).lowest();
  }

  /**
   * The largest thing in the left or the right half that stands on the ground; none in a half that
   * is full of parts, or whose largest part goes across it, as a pattern of dots does.
   */
  Optional<Frame> frame(boolean left) {
    int from = left ? 0 : width / 2;
    int to = left ? width / 2 : width;
    List<Part> parts = parts(from, to);
    if (parts.stream().filter(part -> part.pixels() >= LEAST_PART).count() > MOST_PARTS) {
      return Optional.empty();
    }
    return parts.stream()
        .filter(part -> part.pixels() >= LEAST_PIXELS)
        .filter(part -> part.lowest() + 1 - horizon > STANDS_BELOW)
        .max(Comparator.comparingInt(Part::pixels))
        .flatMap(Part::frame)
        .filter(frame -> frame.width() < to - from);
  }

  private List<Part> parts(int from, int to) {
    boolean[][] seen = new boolean[height][width];
    List<Part> parts = new ArrayList<>();
    for (int y = 0; y < height; y++) {
      for (int x = from; x < to; x++) {
        if (things[y][x] && !seen[y][x]) {
          parts.add(part(x, y, from, to, seen));
        }
      }
    }
    return parts;
  }

  /**
   * Pixels that hang together.
   *
   * @param rows how many there are in each row
   * @param columns and in each column
   */
  private record Part(ImmutableIntArray rows, ImmutableIntArray columns, int pixels, int lowest) {
    Optional<Frame> frame() {
      int top = first(rows, 1);
      int left = first(columns, 1);
      if (top < 0 || left < 0) {
        return Optional.empty();
      }
      int bottom = first(rows, -1);
      int right = first(columns, -1);
      return Optional.of(new Frame(left, top, right + 1.0 - left, bottom + 1.0 - top));
    }

    private static int first(ImmutableIntArray counts, int step) {
      int at = step > 0 ? 0 : counts.length() - 1;
      while (at >= 0 && at < counts.length() && counts.get(at) < LEAST_ACROSS) {
        at += step;
      }
      return at < counts.length() ? at : -1;
    }
  }

  private Part part(int x, int y, int from, int to, boolean[][] seen) {
    int[] rows = new int[height];
    int[] columns = new int[width];
    Connected.from(
        x,
        y,
        (px, py) -> px >= from && px < to && py >= 0 && py < height && things[py][px],
        seen,
        (px, py) -> {
          columns[px]++;
          rows[py]++;
        });
    int lowest = height - 1;
    while (rows[lowest] == 0) {
      lowest--;
    }
    int pixels = Arrays.stream(rows).sum();
    return new Part(
        ImmutableIntArray.copyOf(rows), ImmutableIntArray.copyOf(columns), pixels, lowest);
  }
}
