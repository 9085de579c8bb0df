package dev.dualprocess.qwen;

import dev.dualprocess.config.Counts;
import dev.dualprocess.image.ImageSize;

/**
 * The size an image is brought to: both sides multiples of {@code factor}, the area between two
 * bounds, the aspect ratio kept as far as that allows.
 *
 * @param factor pixels of an image token's side
 * @param minPixels least area
 * @param maxPixels largest area
 */
public record SmartResize(int factor, long minPixels, long maxPixels) {
  /** The longer side may be at most this many times the shorter. */
  public static final int MAX_ASPECT_RATIO = 200;

  private static final long MOST_AT_LEAST = 4096 * 4096; // the published files say 3136 and 65536

  /** Checks that the bounds leave room. */
  public SmartResize {
    Counts.requireAtMost("min_pixels", minPixels, MOST_AT_LEAST);
    if (factor < 1 || minPixels < 1 || maxPixels < Math.max(minPixels, (long) factor * factor)) {
      throw new IllegalArgumentException(
          "min_pixels %d and max_pixels %d leave no room for image tokens of %d pixels"
              .formatted(minPixels, maxPixels, factor));
    }
  }

  /**
   * The size for an image of that size.
   *
   * @throws IllegalArgumentException if the aspect ratio is above {@value #MAX_ASPECT_RATIO}
   */
  public ImageSize of(ImageSize size) {
    int h = size.height();
    int w = size.width();
    if (Math.max(h, w) > (long) MAX_ASPECT_RATIO * Math.min(h, w)) {
      throw new IllegalArgumentException(
          "image %s: its longer side is more than %d times its shorter one, which no Qwen-VL takes"
              .formatted(size, MAX_ASPECT_RATIO));
    }
    double area = (double) h * w;
    int height = times(Math.rint((double) h / factor));
    int width = times(Math.rint((double) w / factor));
    if ((long) height * width > maxPixels) {
      double beta = Math.sqrt(area / maxPixels);
      return new ImageSize(
          Math.max(factor, times(Math.floor(h / beta / factor))),
          Math.max(factor, times(Math.floor(w / beta / factor))));
    }
    if ((long) height * width < minPixels) {
      double beta = Math.sqrt(minPixels / area);
      return new ImageSize(
          times(Math.ceil(h * beta / factor)), times(Math.ceil(w * beta / factor)));
    }
    // Above the least area both are at least one factor.
    return new ImageSize(height, width);
  }

  private int times(double count) {
    return ((int) count) * factor;
  }
}
