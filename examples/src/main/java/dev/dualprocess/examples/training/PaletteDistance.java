package dev.dualprocess.examples.training;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/**
 * How far a picture is from a palette: the mean distance of its pixels to their nearest colour plus
 * the mean distance of the colours to the nearest 4 % of pixels; channels from 0 to 1.
 */
final class PaletteDistance {
  private static final double NEAREST = 0.04;

  private PaletteDistance() {}

  static double of(BufferedImage picture, List<Color> colors) {
    int n = picture.getWidth() * picture.getHeight();
    double[][] distances = new double[colors.size()][n];
    double toPalette = 0;
    for (int i = 0; i < n; i++) {
      int rgb = picture.getRGB(i % picture.getWidth(), i / picture.getWidth());
      double least = Double.POSITIVE_INFINITY;
      for (int c = 0; c < colors.size(); c++) {
        distances[c][i] = distance(rgb, colors.get(c).getRGB());
        least = Math.min(least, distances[c][i]);
      }
      toPalette += least / n;
    }
    double toPixels = 0;
    int nearest = (int) Math.max(1, Math.round(NEAREST * n));
    for (double[] color : distances) {
      Arrays.sort(color);
      for (int i = 0; i < nearest; i++) {
        toPixels += color[i] / nearest / distances.length;
      }
    }
    return toPalette + toPixels;
  }

  private static double distance(int a, int b) {
    double squares = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      double d = (((a >> shift) & 0xff) - ((b >> shift) & 0xff)) / 255.0;
      squares += d * d;
    }
    return Math.sqrt(squares);
  }
}
