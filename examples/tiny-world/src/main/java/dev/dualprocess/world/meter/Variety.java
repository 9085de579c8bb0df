package dev.dualprocess.world.meter;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * How much pictures differ in everything but their horizon: each is stretched so that its measured
 * horizon lies in the middle, sky and ground by themselves, and then the standard deviation over
 * the pictures is averaged over pixels and channels.
 */
public final class Variety {
  private final HorizonMeter meter;

  /** With a meter that finds the horizons. */
  public Variety(HorizonMeter meter) {
    this.meter = meter;
  }

  /** Of some pictures of one size; channels from 0 to 255. */
  public double of(List<BufferedImage> pictures) {
    List<Raster> levelled =
        pictures.stream().map(picture -> levelled(picture, meter.horizon(picture))).toList();
    Raster first = levelled.get(0);
    double sum = 0;
    for (int y = 0; y < first.height(); y++) {
      for (int x = 0; x < first.width(); x++) {
        for (int c = 0; c < Raster.CHANNELS; c++) {
          sum += deviation(levelled, x, y, c);
        }
      }
    }
    return sum / (first.height() * first.width() * Raster.CHANNELS);
  }

  private static double deviation(List<Raster> pictures, int x, int y, int channel) {
    double mean = 0;
    double squares = 0;
    for (Raster picture : pictures) {
      double value = picture.at(x, y, channel);
      mean += value / pictures.size();
      squares += value * value / pictures.size();
    }
    return Math.sqrt(Math.max(0, squares - mean * mean));
  }

  /** The rows above the horizon stretched over the upper half, those below over the lower half. */
  private static Raster levelled(BufferedImage picture, double horizon) {
    Raster raster = new Raster(picture);
    double middle = raster.height() / 2.0;
    return raster.withRows(
        y -> {
          double center = y + 0.5;
          return center < middle
              ? center * horizon / middle
              : horizon + (center - middle) * (raster.height() - horizon) / middle;
        });
  }
}
