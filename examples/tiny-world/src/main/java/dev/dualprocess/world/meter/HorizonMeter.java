package dev.dualprocess.world.meter;

import java.awt.image.BufferedImage;

/** Finds the horizon in a picture from its pixels alone. */
@FunctionalInterface
public interface HorizonMeter {
  /**
   * Where the horizon is.
   *
   * @return the boundary between sky and ground in rows from the top, with a fraction: 20.0 is the
   *     edge between rows 19 and 20 (counted from 0)
   */
  double horizon(BufferedImage picture);
}
