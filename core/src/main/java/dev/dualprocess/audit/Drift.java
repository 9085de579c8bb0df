package dev.dualprocess.audit;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * How images change with a LoRA, whoever likes them; values of pixels being in [0, 1].
 *
 * @param distance root of the mean squared difference between images of the same seed
 * @param diversityKept how much of the variety over seeds is left: the mean over pixels of the
 *     standard deviation over seeds, after / before
 * @param brightness mean, before
 * @param brightnessAfter mean, after
 * @param contrast standard deviation within an image, mean over images, before
 * @param contrastAfter after
 * @param colourfulness mean difference between the largest and the smallest channel, before
 * @param colourfulnessAfter after
 */
public record Drift(
    double distance,
    double diversityKept,
    double brightness,
    double brightnessAfter,
    double contrast,
    double contrastAfter,
    double colourfulness,
    double colourfulnessAfter) {

  /** Of the same seeds without and with the LoRA. */
  public static Drift of(List<BufferedImage> before, List<BufferedImage> after) {
    Statistics one = Statistics.of(before);
    Statistics other = Statistics.of(after);
    double squares = 0;
    for (int i = 0; i < before.size(); i++) {
      squares += squaredDistance(before.get(i), after.get(i)) / before.size();
    }
    return new Drift(
        Math.sqrt(squares),
        one.spread() == 0 ? 1 : other.spread() / one.spread(),
        one.brightness(),
        other.brightness(),
        one.contrast(),
        other.contrast(),
        one.colourfulness(),
        other.colourfulness());
  }

  private static double squaredDistance(BufferedImage one, BufferedImage other) {
    int[] a = rgb(one);
    int[] b = rgb(other);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int c = 0; c < 3; c++) {
        double difference = value(a[i], c) - value(b[i], c);
        sum += difference * difference / (3.0 * a.length);
      }
    }
    return sum;
  }

  private static int[] rgb(BufferedImage image) {
    int width = image.getWidth();
    return image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
  }

  private static double value(int rgb, int channel) {
    return ((rgb >> (8 * channel)) & 0xff) / 255.0;
  }

  /** Means over one set of images, of values in [0, 1]. */
  private record Statistics(
      double brightness, double contrast, double colourfulness, double spread) {
    static Statistics of(List<BufferedImage> images) {
      int n = images.size();
      int pixels = images.get(0).getWidth() * images.get(0).getHeight();
      double[] sums = new double[3 * pixels];
      double[] squares = new double[3 * pixels];
      double brightness = 0;
      double contrast = 0;
      double colourfulness = 0;
      for (BufferedImage image : images) {
        int[] rgb = rgb(image);
        double mean = 0;
        double square = 0;
        for (int i = 0; i < pixels; i++) {
          double least = 1;
          double most = 0;
          for (int c = 0; c < 3; c++) {
            double value = value(rgb[i], c);
            least = Math.min(least, value);
            most = Math.max(most, value);
            mean += value / (3.0 * pixels);
            square += value * value / (3.0 * pixels);
            sums[3 * i + c] += value / n;
            squares[3 * i + c] += value * value / n;
          }
          colourfulness += (most - least) / ((double) pixels * n);
        }
        brightness += mean / n;
        contrast += deviation(mean, square) / n;
      }
      double spread = 0;
      for (int i = 0; i < sums.length; i++) {
        spread += deviation(sums[i], squares[i]) / sums.length;
      }
      return new Statistics(brightness, contrast, colourfulness, spread);
    }

    private static double deviation(double mean, double square) {
      return Math.sqrt(Math.max(0, square - mean * mean));
    }
  }
}
