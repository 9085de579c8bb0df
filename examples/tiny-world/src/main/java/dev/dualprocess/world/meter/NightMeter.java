package dev.dualprocess.world.meter;

import java.awt.image.BufferedImage;

/**
 * How much of a night the sky is, by its brightness: 0 when it is as bright as at noon or brighter,
 * 1 when it is as dark as at night or darker, and in proportion between.
 */
public final class NightMeter {
  private static final double NOON = 140; // mean brightness of the sky, 0 to 255
  private static final double NIGHT = 40;

  private final EdgeMeter horizon = new EdgeMeter();

  /** Of a picture's sky, 0 to 1. */
  public double night(BufferedImage picture) {
    double brightness =
        ColorFamilies.of(picture, horizon.horizon(picture)).sky().stream().average().orElseThrow();
    return Math.max(0, Math.min(1, (NOON - brightness) / (NOON - NIGHT)));
  }
}
