package dev.dualprocess.world.meter;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The boundary that splits columns best into two straight pieces: in every column and channel one
 * straight line fitted to the rows above and another to those below, {@value #GAP} rows on either
 * side of the boundary left out; the boundary with the smallest sum of squares over the columns
 * that can be split best. Each row left out then belongs to the upper piece as far as its colour
 * does. It looks at whole regions, where {@link EdgeMeter} looks at an edge.
 */
public final class TwoSegmentMeter implements HorizonMeter {
  private static final int SHORTEST = 4;
  private static final int GAP = 3;
  private static final int STROKE_REACH = 2;
  private static final double SHARE_OF_COLUMNS = 0.3;

  /** From here on a row's colour counts as none between the two pieces' colours. */
  private static final double FAR_OFF = 0.5;

  /** From here on a row counts as part of a dark line. */
  private static final double DARK = 0.4;

  @Override
  public double horizon(BufferedImage picture) {
    Raster raster = new Raster(picture);
    int height = raster.height();
    if (height < 2 * SHORTEST + 1) {
      throw new IllegalArgumentException("a picture of " + height + " rows has no horizon");
    }
    double[][] residuals = residuals(raster.withoutStrokes(STROKE_REACH));
    int[] columns =
        IntStream.range(0, raster.width())
            .boxed()
            .sorted(
                Comparator.comparingDouble(x -> Arrays.stream(residuals[x]).min().orElseThrow()))
            .limit((int) Math.ceil(SHARE_OF_COLUMNS * raster.width()))
            .mapToInt(Integer::intValue)
            .toArray();
    int best =
        IntStream.rangeClosed(SHORTEST, height - SHORTEST)
            .boxed()
            .min(
                Comparator.comparingDouble(
                    boundary ->
                        Arrays.stream(columns).mapToDouble(x -> residuals[x][boundary]).sum()))
            .orElseThrow();
    return refined(raster.medians(columns), best);
  }

  /** By column and boundary, the sum of squared distances of the rows from the two lines. */
  private static double[][] residuals(Raster raster) {
    int height = raster.height();
    double[][] residuals = new double[raster.width()][height + 1];
    double[] column = new double[height];
    for (int x = 0; x < residuals.length; x++) {
      Arrays.fill(residuals[x], Double.POSITIVE_INFINITY);
      Arrays.fill(residuals[x], SHORTEST, height - SHORTEST + 1, 0);
      for (int c = 0; c < Raster.CHANNELS; c++) {
        for (int y = 0; y < height; y++) {
          column[y] = raster.at(x, y, c);
        }
        for (int boundary = SHORTEST; boundary <= height - SHORTEST; boundary++) {
          residuals[x][boundary] +=
              Line.fit(column, 0, above(boundary)).residual()
                  + Line.fit(column, below(boundary, height), height).residual();
        }
      }
    }
    return residuals;
  }

  private static int above(int boundary) {
    return Math.max(SHORTEST, boundary - GAP);
  }

  private static int below(int boundary, int height) {
    return Math.min(height - SHORTEST, boundary + GAP);
  }

  /**
   * The upper piece's end plus its part of the rows left out: a row between the two colours belongs
   * to it by where it lies between them; one that is off both by half, where it is dark as an
   * outline, else whole, as mountains belong to the sky.
   */
  private static double refined(double[][] profile, int boundary) {
    int from = above(boundary);
    int to = below(boundary, profile.length);
    Line[] upper = new Line[Raster.CHANNELS];
    Line[] lower = new Line[Raster.CHANNELS];
    for (int c = 0; c < Raster.CHANNELS; c++) {
      int channel = c;
      double[] column = Arrays.stream(profile).mapToDouble(row -> row[channel]).toArray();
      upper[c] = Line.fit(column, 0, from);
      lower[c] = Line.fit(column, to, profile.length);
    }
    double horizon = from;
    for (int y = from; y < to; y++) {
      horizon += partAbove(profile[y], at(upper, y), at(lower, y));
    }
    return horizon;
  }

  private static double[] at(Line[] lines, int row) {
    return Arrays.stream(lines).mapToDouble(line -> line.at(row)).toArray();
  }

  private static double partAbove(double[] color, double[] above, double[] below) {
    double along = 0;
    double length = 0;
    for (int c = 0; c < color.length; c++) {
      along += (color[c] - above[c]) * (below[c] - above[c]);
      length += (below[c] - above[c]) * (below[c] - above[c]);
    }
    double share = unit(along / Math.max(1e-9, length));
    double distance = 0;
    for (int c = 0; c < color.length; c++) {
      double off = color[c] - above[c] - share * (below[c] - above[c]);
      distance += off * off;
    }
    double off = unit(Math.sqrt(distance / Math.max(1, length)) / FAR_OFF);
    double side = Math.max(1, Math.min(sum(above), sum(below)));
    double dark = unit((side - sum(color)) / side / DARK);
    return (1 - off) * (1 - share) + off * (1 - 0.5 * dark);
  }

  private static double sum(double[] color) {
    return Arrays.stream(color).sum();
  }

  private static double unit(double value) {
    return Math.max(0, Math.min(1, value));
  }

  /** A least-squares line, value = start + slope row, with what it leaves of the squares. */
  private record Line(double start, double slope, double residual) {
    double at(double row) {
      return start + slope * row;
    }

    /** The line through values[from..to), the place in the array being the row. */
    static Line fit(double[] values, int from, int to) {
      double n = to - from;
      double meanX = (from + to - 1) / 2.0;
      double meanY = 0;
      for (int i = from; i < to; i++) {
        meanY += values[i] / n;
      }
      double xx = 0;
      double xy = 0;
      double yy = 0;
      for (int i = from; i < to; i++) {
        xx += (i - meanX) * (i - meanX);
        xy += (i - meanX) * (values[i] - meanY);
        yy += (values[i] - meanY) * (values[i] - meanY);
      }
      double slope = xy / xx;
      return new Line(meanY - slope * meanX, slope, Math.max(0, yy - slope * xy));
    }
  }
}
