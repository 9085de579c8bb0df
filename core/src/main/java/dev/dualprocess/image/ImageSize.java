package dev.dualprocess.image;

import java.awt.image.BufferedImage;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of an image in pixels, height before width.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record ImageSize(int height, int width) {
  private static final Pattern WIDTH_X_HEIGHT = Pattern.compile("(\\d{1,5})[xX](\\d{1,5})");

  /** Checks that there is an image at all. */
  public ImageSize {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException("an image of " + width + "x" + height + " has no pixels");
    }
  }

  /** The size of a picture. */
  public static ImageSize of(BufferedImage picture) {
    return new ImageSize(picture.getHeight(), picture.getWidth());
  }

  /** A square image. */
  public static ImageSize square(int side) {
    return new ImageSize(side, side);
  }

  /**
   * Reads {@code WIDTHxHEIGHT}, such as {@code 768x512}.
   *
   * @throws IllegalArgumentException if the text is not of that form
   */
  public static ImageSize parse(String text) {
    Matcher matcher = WIDTH_X_HEIGHT.matcher(Objects.requireNonNull(text, "text").strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "size '" + text + "' is not WIDTHxHEIGHT, such as 512x512");
    }
    return new ImageSize(Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(1)));
  }

  /**
   * This size, if both sides are multiples of {@code unit}.
   *
   * @throws IllegalArgumentException otherwise, naming the nearest size that is
   */
  public ImageSize requireMultipleOf(int unit) {
    if (height % unit != 0 || width % unit != 0) {
      ImageSize near = new ImageSize(nearest(height, unit), nearest(width, unit));
      throw new IllegalArgumentException(
          "size %s: both sides must be multiples of %d; the nearest is %s"
              .formatted(this, unit, near));
    }
    return this;
  }

  private static int nearest(int value, int unit) {
    return Math.max(unit, Math.round((float) value / unit) * unit);
  }

  /** The size as users write it, {@code WIDTHxHEIGHT}. */
  @Override
  public String toString() {
    return width + "x" + height;
  }
}
