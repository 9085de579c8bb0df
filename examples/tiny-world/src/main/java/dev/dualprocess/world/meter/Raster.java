package dev.dualprocess.world.meter;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** A picture's colours by column and row, each channel from 0 to 255. */
final class Raster {
  /** Red, green and blue. */
  static final int CHANNELS = 3;

  private final int width;
  private final int height;
  private final double[] values; // [height, width, CHANNELS]

  Raster(BufferedImage picture) {
    width = picture.getWidth();
    height = picture.getHeight();
    int[] pixels = picture.getRGB(0, 0, width, height, null, 0, width);
    values = new double[CHANNELS * pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      for (int c = 0; c < CHANNELS; c++) {
        values[CHANNELS * i + c] = (pixels[i] >> (16 - 8 * c)) & 0xff;
      }
    }
  }

  private Raster(int width, int height, double[] values) {
    this.width = width;
    this.height = height;
    this.values = values;
  }

  /**
   * Every value replaced by the median of its column's rows within that reach; strokes thinner than
   * that are gone, edges stay where they are.
   */
  Raster withoutStrokes(int reach) {
    double[] medians = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int y = i / (CHANNELS * width);
      int near = Math.min(reach, Math.min(y, height - 1 - y));
      int center = i;
      medians[i] =
          Median.of(
              IntStream.rangeClosed(-near, near)
                  .mapToDouble(k -> values[center + k * CHANNELS * width]));
    }
    return new Raster(width, height, medians);
  }

  /**
   * By column and channel, without what is brighter than its surroundings in fewer rows than that:
   * the least of so many rows, then the greatest of as many.
   */
  Raster withoutBrightStrokes(int rows) {
    double[] least = new double[values.length];
    double[] opened = new double[values.length];
    int step = CHANNELS * width;
    for (int i = 0; i < values.length; i++) {
      least[i] = values[i];
      for (int k = 1; k < rows && i + k * step < values.length; k++) {
        least[i] = Math.min(least[i], values[i + k * step]);
      }
    }
    for (int i = 0; i < values.length; i++) {
      for (int k = 0; k < rows && i - k * step >= 0; k++) {
        opened[i] = Math.max(opened[i], least[i - k * step]);
      }
    }
    return new Raster(width, height, opened);
  }

  /** Every row taken from another place, interpolated between the two rows there. */
  Raster withRows(IntToDoubleFunction source) {
    double[] moved = new double[values.length];
    int step = CHANNELS * width;
    for (int y = 0; y < height; y++) {
      double place = Math.max(0, Math.min(height - 1, source.applyAsDouble(y) - 0.5));
      int row = (int) Math.min(height - 2, Math.floor(place));
      double share = place - row;
      for (int i = 0; i < step; i++) {
        moved[y * step + i] =
            (1 - share) * values[row * step + i] + share * values[(row + 1) * step + i];
      }
    }
    return new Raster(width, height, moved);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** One channel of one pixel. */
  double at(int x, int y, int channel) {
    return values[CHANNELS * (y * width + x) + channel];
  }

  /** By row and channel, the medians over some columns. */
  double[][] medians(int[] columns) {
    double[][] medians = new double[height][CHANNELS];
    for (int y = 0; y < height; y++) {
      for (int c = 0; c < CHANNELS; c++) {
        int row = y;
        int channel = c;
        medians[y][c] = Median.of(Arrays.stream(columns).mapToDouble(x -> at(x, row, channel)));
      }
    }
    return medians;
  }

  /** The mean of a pixel's channels. */
  double brightness(int x, int y) {
    return (at(x, y, 0) + at(x, y, 1) + at(x, y, 2)) / CHANNELS;
  }
}
