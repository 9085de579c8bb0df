package dev.dualprocess.world.meter;

import dev.dualprocess.world.Frame;
import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * Where the left and the right of two things stand: the largest part of each half that differs from
 * its rows' bare colours, hangs together and reaches below the horizon.
 */
public final class ThingMeter {
  /** What it takes up, in pixels; empty if nothing stands in that half. */
  public Optional<Frame> frame(BufferedImage picture, boolean left) {
    return Landscape.of(picture).frame(left);
  }
}
