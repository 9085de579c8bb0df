package dev.dualprocess.examples.horizon;

import java.awt.image.BufferedImage;

/**
 * The boundary that splits the picture's colour profile best into two straight pieces: for each row
 * the median over the columns, and for each boundary a straight line fitted to the rows above and
 * another to those below, in every channel; the boundary with the smallest sum of squares. It looks
 * at whole regions, where {@link EdgeMeter} looks at an edge.
 */
public final class TwoSegmentMeter implements HorizonMeter {
  private static final int SHORTEST = 4;

  @Override
  public double horizon(BufferedImage picture) {
    double[][] profile = profile(picture);
    int height = picture.getHeight();
    if (height < 2 * SHORTEST + 1) {
      throw new IllegalArgumentException("a picture of " + height + " rows has no horizon");
    }
    int best = SHORTEST;
    double least = Double.POSITIVE_INFINITY;
    for (int boundary = SHORTEST; boundary <= height - SHORTEST; boundary++) {
      double residual = 0;
      for (double[] channel : profile) {
        residual += residual(channel, 0, boundary) + residual(channel, boundary, height);
      }
      if (residual < least) {
        least = residual;
        best = boundary;
      }
    }
    return best;
  }

  private static double[][] profile(BufferedImage picture) {
    double[][] profile = new double[3][picture.getHeight()];
    double[] row = new double[picture.getWidth()];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < picture.getHeight(); y++) {
        for (int x = 0; x < row.length; x++) {
          row[x] = (picture.getRGB(x, y) >> (8 * c)) & 0xff;
        }
        profile[c][y] = Median.of(row);
      }
    }
    return profile;
  }

  /** Sum of squared distances of values[from..to) from their own least-squares line. */
  private static double residual(double[] values, int from, int to) {
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
    return Math.max(0, yy - xy * xy / xx);
  }
}
