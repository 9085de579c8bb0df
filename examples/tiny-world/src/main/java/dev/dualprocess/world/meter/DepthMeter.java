package dev.dualprocess.world.meter;

import java.awt.image.BufferedImage;

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
  /** Pixels from a point that count. */
  public static final int RADIUS = 3;

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
    Landscape landscape = Landscape.of(picture);
    return landscape.nearness(ax, ay) - landscape.nearness(bx, by);
  }

  /** The nearness of one point, x and y from 0 to 1, in rows. */
  public double nearness(BufferedImage picture, double x, double y) {
    return Landscape.of(picture).nearness(x, y);
  }
}
