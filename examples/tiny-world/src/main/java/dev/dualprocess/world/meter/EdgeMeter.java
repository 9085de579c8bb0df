package dev.dualprocess.world.meter;

import java.awt.image.BufferedImage;
import java.util.stream.IntStream;

/**
 * The boundary at which the colour jumps most.
 *
 * <p>The jump at a boundary is the difference between the mean colours of the three rows below and
 * the three rows above, bright strokes left out; its median over the fifth of the columns that are
 * most alike, times the share of all columns that make it too: walls and crowns in front of the
 * horizon make others, and a ridge behind it makes its own at another row in every column. The edge
 * is the top of a parabola through the strongest jump and its neighbours; where a dark line runs
 * along it, the horizon is the middle of that line.
 */
public final class EdgeMeter implements HorizonMeter {
  private static final int STROKE_REACH = 2;
  private static final int BRIGHT_STROKE = 4;
  private static final double SHARE_OF_COLUMNS = 0.2;
  private static final int APART = 6;

  @Override
  public double horizon(BufferedImage picture) {
    return edge(picture).row();
  }

  /**
   * A horizon as it was found, with how clearly it shows.
   *
   * @param row its place in rows from the top
   * @param jump the distance of the colours on its two sides, channels from 0 to 255
   * @param clarity the jump as a share of the largest distance between the colours of two rows,
   *     about 0 to 1; a blurred or a doubled horizon has little
   * @param secondEdge how strong the strongest edge at least 6 rows away is, as a share of this
   *     one's strength, 0 to 1
   */
  public record Edge(double row, double jump, double clarity, double secondEdge) {}

  /** The horizon and how sure it is. */
  public Edge edge(BufferedImage picture) {
    int height = picture.getHeight();
    if (height < 2 * Jumps.ROWS + 1) {
      throw new IllegalArgumentException("a picture of " + height + " rows has no horizon");
    }
    Raster raster = new Raster(picture);
    Raster bare = raster.withoutStrokes(STROKE_REACH).withoutBrightStrokes(BRIGHT_STROKE);
    int[] columns = AlikeColumns.of(bare, SHARE_OF_COLUMNS);
    Jumps jumps = new Jumps(bare);
    double[] strengths = strengths(jumps, columns, height);
    int best = strongest(strengths);
    double row = best + Parabola.top(strengths[best - 1], strengths[best], strengths[best + 1]);
    double second =
        IntStream.range(0, strengths.length)
            .filter(boundary -> Math.abs(boundary - row) >= APART)
            .mapToDouble(boundary -> strengths[boundary])
            .max()
            .orElse(0);
    DarkLine line = DarkLine.near(raster, columns, row);
    double jump = Jumps.size(jumps.median(columns, best));
    return new Edge(
        line.present() ? line.middle() : row,
        jump,
        jump / Math.max(1, Jumps.range(bare.medians(columns))),
        second / Math.max(1e-9, strengths[best]));
  }

  private static double[] strengths(Jumps jumps, int[] columns, int height) {
    double[] strengths = new double[height + 1];
    for (int boundary = Jumps.ROWS; boundary <= height - Jumps.ROWS; boundary++) {
      double[] jump = jumps.median(columns, boundary);
      strengths[boundary] = Jumps.size(jump) * jumps.agreement(jump, boundary);
    }
    return strengths;
  }

  private static int strongest(double[] strengths) {
    return IntStream.rangeClosed(Jumps.ROWS, strengths.length - 1 - Jumps.ROWS)
        .reduce((a, b) -> strengths[b] > strengths[a] ? b : a)
        .orElseThrow();
  }
}
