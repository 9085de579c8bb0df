package dev.dualprocess.audit;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.OptionalInt;

/**
 * How images change with a LoRA, whoever likes them; values of pixels being in [0, 1].
 *
 * @param distance root of the mean squared difference between images of the same seed
 * @param diversityKept how much of the variety over seeds is left: the mean over pixels of the
 *     standard deviation over seeds, after / before
 * @param before what images are like without the LoRA
 * @param after what they are like with it
 */
public record Drift(double distance, double diversityKept, ImageMeans before, ImageMeans after) {

  /**
   * Of the same seeds without and with the LoRA.
   *
   * @param tokenSide pixels along each side of a token of the generator, where it says
   */
  public static Drift of(
      List<BufferedImage> before, List<BufferedImage> after, OptionalInt tokenSide) {
    double squares = 0;
    for (int i = 0; i < before.size(); i++) {
      squares += squaredDistance(before.get(i), after.get(i)) / before.size();
    }
    double spread = spread(before);
    return new Drift(
        Math.sqrt(squares),
        spread == 0 ? 1 : spread(after) / spread,
        ImageMeans.of(before, tokenSide),
        ImageMeans.of(after, tokenSide));
  }

  private static double squaredDistance(BufferedImage one, BufferedImage other) {
    double[] a = ImageMeans.values(one);
    double[] b = ImageMeans.values(other);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]) / a.length;
    }
    return sum;
  }

  /** The mean over pixels of the standard deviation over images. */
  private static double spread(List<BufferedImage> images) {
    int n = images.size();
    double[] sums = new double[ImageMeans.values(images.get(0)).length];
    double[] squares = new double[sums.length];
    for (BufferedImage image : images) {
      double[] values = ImageMeans.values(image);
      for (int i = 0; i < values.length; i++) {
        sums[i] += values[i] / n;
        squares[i] += values[i] * values[i] / n;
      }
    }
    double spread = 0;
    for (int i = 0; i < sums.length; i++) {
      spread += Math.sqrt(Math.max(0, squares[i] - sums[i] * sums[i])) / sums.length;
    }
    return spread;
  }
}
