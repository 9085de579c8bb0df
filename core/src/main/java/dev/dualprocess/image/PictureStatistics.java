package dev.dualprocess.image;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * What a picture is like, whoever likes it: figures that fall or rise where a picture is spoilt to
 * please a verifier.
 *
 * @param edgeDensity part of the pixels at which brightness (Rec. 601, 0 to 1) changes by more than
 *     0.1 per pixel, by central differences; 0 to 1
 * @param colorEntropy entropy of the colours in bits, channels being sorted into 8 bins each: 0 for
 *     one colour, at most 9
 * @param brightness mean of the brightness, 0 to 1
 */
public record PictureStatistics(double edgeDensity, double colorEntropy, double brightness) {
  private static final double EDGE = 0.1;
  private static final int BINS = 8;

  /** Of a picture of at least 3 x 3 pixels. */
  public static PictureStatistics of(BufferedImage picture) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    int[] rgb = picture.getRGB(0, 0, width, height, null, 0, width);
    double[] brightness = new double[rgb.length];
    int[] counts = new int[BINS * BINS * BINS];
    double sum = 0;
    for (int i = 0; i < rgb.length; i++) {
      brightness[i] = brightness(rgb[i]);
      sum += brightness[i];
      counts[bin(rgb[i])]++;
    }
    return new PictureStatistics(
        edges(brightness, width, height), entropy(counts, rgb.length), sum / rgb.length);
  }

  /** The means over at least one picture, each of at least 3 x 3 pixels. */
  public static PictureStatistics meanOf(List<BufferedImage> pictures) {
    double edges = 0;
    double entropy = 0;
    double bright = 0;
    double part = 1.0 / pictures.size();
    for (BufferedImage picture : pictures) {
      PictureStatistics own = of(picture);
      edges += part * own.edgeDensity;
      entropy += part * own.colorEntropy;
      bright += part * own.brightness;
    }
    return new PictureStatistics(edges, entropy, bright);
  }

  /** The mean absolute difference of two pictures of one size, channels being in [0, 1]. */
  public static double difference(BufferedImage one, BufferedImage other) {
    int width = one.getWidth();
    int[] a = one.getRGB(0, 0, width, one.getHeight(), null, 0, width);
    int[] b = other.getRGB(0, 0, width, one.getHeight(), null, 0, width);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int shift = 0; shift <= 16; shift += 8) {
        sum += Math.abs(((a[i] >> shift) & 0xff) - ((b[i] >> shift) & 0xff));
      }
    }
    return sum / (3.0 * 255 * a.length);
  }

  private static double brightness(int rgb) {
    return (0.299 * ((rgb >> 16) & 0xff) + 0.587 * ((rgb >> 8) & 0xff) + 0.114 * (rgb & 0xff))
        / 255;
  }

  private static int bin(int rgb) {
    int bin = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      bin = bin * BINS + ((rgb >> shift) & 0xff) * BINS / 256;
    }
    return bin;
  }

  private static double edges(double[] brightness, int width, int height) {
    int edges = 0;
    for (int y = 1; y < height - 1; y++) {
      for (int x = 1; x < width - 1; x++) {
        int i = y * width + x;
        double across = (brightness[i + 1] - brightness[i - 1]) / 2;
        double down = (brightness[i + width] - brightness[i - width]) / 2;
        edges += Math.hypot(across, down) > EDGE ? 1 : 0;
      }
    }
    return (double) edges / ((width - 2) * (height - 2));
  }

  private static double entropy(int[] counts, int pixels) {
    double entropy = 0;
    for (int count : counts) {
      if (count > 0) {
        double part = (double) count / pixels;
        entropy -= part * Math.log(part) / Math.log(2);
      }
    }
    return entropy;
  }
}
