package dev.dualprocess.examples.horizon;

import java.awt.image.BufferedImage;

/**
 * The boundary at which the colour jumps most: the distance between the mean colours of the three
 * rows above and the three rows below, its median over the columns, and the top of a parabola
 * through the largest median and its neighbours.
 */
public final class EdgeMeter implements HorizonMeter {
  private static final int ROWS = 3;

  @Override
  public double horizon(BufferedImage picture) {
    int height = picture.getHeight();
    if (height < 2 * ROWS + 1) {
      throw new IllegalArgumentException("a picture of " + height + " rows has no horizon");
    }
    double[] jumps = new double[height + 1];
    int best = ROWS;
    for (int boundary = ROWS; boundary <= height - ROWS; boundary++) {
      jumps[boundary] = medianJump(picture, boundary);
      best = jumps[boundary] > jumps[best] ? boundary : best;
    }
    return best + Parabola.top(jumps[best - 1], jumps[best], jumps[best + 1]);
  }

  private static double medianJump(BufferedImage picture, int boundary) {
    double[] jumps = new double[picture.getWidth()];
    for (int x = 0; x < jumps.length; x++) {
      double squares = 0;
      for (int shift = 0; shift <= 16; shift += 8) {
        double difference = 0;
        for (int k = 0; k < ROWS; k++) {
          difference += (picture.getRGB(x, boundary + k) >> shift) & 0xff;
          difference -= (picture.getRGB(x, boundary - 1 - k) >> shift) & 0xff;
        }
        squares += difference * difference;
      }
      jumps[x] = Math.sqrt(squares) / ROWS;
    }
    return Median.of(jumps);
  }
}
