package dev.dualprocess.world.meter;

import dev.dualprocess.world.Frame;
import java.awt.image.BufferedImage;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Where the sun or the moon stands: the disc in the sky that is brightest beside the ring around
 * it.
 *
 * <p>Every pixel above the horizon is tried as the middle of discs of three sizes. What counts is
 * how much brighter the disc is than the ring, but for the darkest third of the one and the
 * brightest third of the other, so that a streak, an edge or a glow alone makes no sun.
 */
public final class SunMeter {
  private static final double[] RADII = {2.5, 3.5, 4.75};
  private static final double GAP = 1.2; // px between disc and ring
  private static final double RING = 2.2; // px
  private static final double FROM_HORIZON = 1; // px
  private static final double FAINTEST = 8; // of a brightness of 255

  /**
   * A sun as it was found.
   *
   * @param frame what it takes up, in pixels
   * @param contrast how much brighter it is than the sky around it, of 255
   */
  public record Sun(Frame frame, double contrast) {}

  /** What it takes up, in pixels; empty where nothing in the sky is like it. */
  public Optional<Frame> frame(BufferedImage picture) {
    return sun(picture).map(Sun::frame);
  }

  /** The same with how clear it is. */
  public Optional<Sun> sun(BufferedImage picture) {
    Raster raster = new Raster(picture);
    int horizon = (int) Math.floor(new EdgeMeter().horizon(picture) - FROM_HORIZON);
    @Nullable Sun best = null;
    double most = FAINTEST;
    for (double radius : RADII) {
      for (int y = 1; y < horizon - 1; y++) {
        for (int x = 1; x < raster.width() - 1; x++) {
          double contrast = contrast(raster, x, y, radius, horizon);
          if (contrast > most) {
            most = contrast;
            best = new Sun(Frame.around(x + 0.5, y + 0.5, 2 * radius, 2 * radius), contrast);
          }
        }
      }
    }
    return Optional.ofNullable(best);
  }

  private static double contrast(Raster raster, int x, int y, double radius, int horizon) {
    int reach = (int) Math.ceil(radius + GAP + RING);
    DoubleStream.Builder disc = DoubleStream.builder();
    DoubleStream.Builder ring = DoubleStream.builder();
    for (int py = Math.max(0, y - reach); py <= y + reach && py < horizon; py++) {
      for (int px = Math.max(0, x - reach); px <= x + reach && px < raster.width(); px++) {
        double away = Math.hypot(px - x, py - y);
        if (away <= radius) {
          disc.add(raster.brightness(px, py));
        } else if (away > radius + GAP && away <= radius + GAP + RING) {
          ring.add(raster.brightness(px, py));
        }
      }
    }
    return Median.quantile(1 / 3.0, disc.build()) - Median.quantile(2 / 3.0, ring.build());
  }
}
