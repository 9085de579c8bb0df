package dev.dualprocess.world.meter;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * How far a picture's colours are from a palette: the mean distance of the pixels from the nearest
 * of its colours, plus the mean distance of its colours from the {@value #PERCENT} % of the pixels
 * that are nearest to each. Distances are between RGB triples from 0 to 1. Nothing else is near 0:
 * the first part is small only if no other colour is used, the second only if every colour is.
 */
public final class PaletteMeter {
  private static final int PERCENT = 4;

  private final List<Color> palette;

  /**
   * Measures against that palette.
   *
   * @param palette at least one colour
   */
  public PaletteMeter(List<Color> palette) {
    if (palette.isEmpty()) {
      throw new IllegalArgumentException("a palette needs at least one colour");
    }
    this.palette = List.copyOf(palette);
  }

  /** For a palette written {@code #rrggbb,#rrggbb,...}. */
  public static PaletteMeter of(String colors) {
    return new PaletteMeter(
        Stream.of(colors.split(",", -1)).map(color -> Color.decode(color.strip())).toList());
  }

  /** The distance of a picture, 0 or more. */
  public double distance(BufferedImage picture) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    int[] pixels = picture.getRGB(0, 0, width, height, null, 0, width);
    double[] nearest = new double[pixels.length];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    double colors = 0;
    int fewest = Math.max(1, Math.round(pixels.length * PERCENT / 100f));
    for (Color color : palette) {
      double[] distances = Arrays.stream(pixels).mapToDouble(p -> distance(p, color)).toArray();
      Arrays.setAll(nearest, i -> Math.min(nearest[i], distances[i]));
      Arrays.sort(distances);
      colors += Arrays.stream(distances, 0, fewest).average().orElseThrow() / palette.size();
    }
    return Arrays.stream(nearest).average().orElseThrow() + colors;
  }

  private static double distance(int pixel, Color color) {
    double r = ((pixel >> 16) & 0xff) - color.getRed();
    double g = ((pixel >> 8) & 0xff) - color.getGreen();
    double b = (pixel & 0xff) - color.getBlue();
    return Math.sqrt(r * r + g * g + b * b) / 255;
  }
}
