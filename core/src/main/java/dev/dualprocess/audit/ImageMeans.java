package dev.dualprocess.audit;

import dev.dualprocess.image.PictureStatistics;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What images are like, whoever likes them; means over images, values of pixels being in [0, 1].
 *
 * @param brightness as the eye weighs it (Rec. 601)
 * @param contrast standard deviation within an image
 * @param colourfulness mean difference between the largest and the smallest channel
 * @param edgeDensity see {@link PictureStatistics}
 * @param colorEntropy see {@link PictureStatistics}, in bits
 * @param tokenPattern {@link TokenPattern#prominence()}; null where nothing is known of tokens
 */
public record ImageMeans(
    double brightness,
    double contrast,
    double colourfulness,
    double edgeDensity,
    double colorEntropy,
    @Nullable Double tokenPattern) {

  /**
   * Of images of one size, at least 3 x 3.
   *
   * @param tokenSide pixels along each side of a token of the model that drew them, where it says
   */
  static ImageMeans of(List<BufferedImage> images, OptionalInt tokenSide) {
    double contrast = 0;
    double colourfulness = 0;
    double part = 1.0 / images.size();
    for (BufferedImage image : images) {
      double[] values = values(image);
      contrast += part * contrast(values);
      colourfulness += part * colourfulness(values);
    }
    PictureStatistics statistics = PictureStatistics.meanOf(images);
    return new ImageMeans(
        statistics.brightness(),
        contrast,
        colourfulness,
        statistics.edgeDensity(),
        statistics.colorEntropy(),
        tokenPattern(images, tokenSide));
  }

  private static @Nullable Double tokenPattern(List<BufferedImage> images, OptionalInt tokenSide) {
    int height = images.get(0).getHeight();
    int width = images.get(0).getWidth();
    return tokenSide.isPresent() && TokenPattern.fits(height, width, tokenSide.getAsInt())
        ? TokenPattern.of(images, tokenSide.getAsInt()).prominence()
        : null;
  }

  /** Channel after channel, pixel after pixel, in [0, 1]. */
  static double[] values(BufferedImage image) {
    int width = image.getWidth();
    int[] rgb = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
    double[] values = new double[3 * rgb.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((rgb[i / 3] >> (8 * (i % 3))) & 0xff) / 255.0;
    }
    return values;
  }

  private static double contrast(double[] values) {
    double mean = 0;
    double square = 0;
    for (double value : values) {
      mean += value / values.length;
      square += value * value / values.length;
    }
    return Math.sqrt(Math.max(0, square - mean * mean));
  }

  private static double colourfulness(double[] values) {
    double sum = 0;
    for (int i = 0; i < values.length; i += 3) {
      double most = Math.max(values[i], Math.max(values[i + 1], values[i + 2]));
      double least = Math.min(values[i], Math.min(values[i + 1], values[i + 2]));
      sum += 3 * (most - least) / values.length;
    }
    return sum;
  }
}
