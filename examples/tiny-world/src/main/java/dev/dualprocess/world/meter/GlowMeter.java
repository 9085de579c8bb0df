package dev.dualprocess.world.meter;

import dev.dualprocess.world.Frame;
import java.awt.image.BufferedImage;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where the sun or the moon stands, in another way than {@link SunMeter}: the middle of what is
 * brighter than the rest of its rows, where most of that hangs together.
 */
public final class GlowMeter {
  private static final double BRIGHTER = 12; // than a row's median, of 255
  private static final double FROM_HORIZON = 2; // px
  private static final int LEAST_PIXELS = 6;

  /** A square around it, in pixels; empty where the sky is even. */
  public Optional<Frame> frame(BufferedImage picture) {
    Raster raster = new Raster(picture);
    int rows = (int) Math.max(0, new TwoSegmentMeter().horizon(picture) - FROM_HORIZON);
    double[][] excess = excess(raster, rows);
    Spot brightest = new Spot();
    boolean[][] seen = new boolean[rows][raster.width()];
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < raster.width(); x++) {
        Spot spot = new Spot();
        Connected.from(
            x,
            y,
            (px, py) ->
                px >= 0 && px < raster.width() && py >= 0 && py < rows && excess[py][px] > 0,
            seen,
            (px, py) -> spot.add(px, py, excess[py][px]));
        brightest = spot.sum > brightest.sum ? spot : brightest;
      }
    }
    return brightest.frame();
  }

  private static double[][] excess(Raster raster, int rows) {
    double[][] excess = new double[rows][raster.width()];
    for (int y = 0; y < rows; y++) {
      int row = y;
      double median =
          Median.of(IntStream.range(0, raster.width()).mapToDouble(x -> raster.brightness(x, row)));
      for (int x = 0; x < raster.width(); x++) {
        excess[y][x] = Math.max(0, raster.brightness(x, y) - median - BRIGHTER);
      }
    }
    return excess;
  }

  /** Bright pixels that hang together. */
  private static final class Spot {
    private double sum;
    private double sumX;
    private double sumY;
    private int pixels;

    void add(int x, int y, double bright) {
      sum += bright;
      sumX += bright * (x + 0.5);
      sumY += bright * (y + 0.5);
      pixels++;
    }

    Optional<Frame> frame() {
      if (pixels < LEAST_PIXELS) {
        return Optional.empty();
      }
      double side = Math.sqrt(pixels);
      return Optional.of(Frame.around(sumX / sum, sumY / sum, side, side));
    }
  }
}
