package dev.dualprocess.image;

import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.NotFiniteException;
import dev.dualprocess.tensor.Ops;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/** Between pictures of 8 bits a channel and tensors in [-1, 1]. */
public final class Pixels {
  private Pixels() {}

  /**
   * The size of an image tensor.
   *
   * @throws IllegalArgumentException if it is not [1, 3, H, W]
   */
  public static ImageSize sizeOf(Tensor image) {
    if (image.dim() != 4 || image.size(0) != 1 || image.size(1) != 3) {
      throw new IllegalArgumentException(
          "an image is [1, 3, H, W], not " + Arrays.toString(image.shape()));
    }
    return new ImageSize(Math.toIntExact(image.size(2)), Math.toIntExact(image.size(3)));
  }

  /**
   * The picture of a tensor [1, 3, H, W] in [-1, 1]: (x / 2 + 0.5) clamped to [0, 1], times 255,
   * rounded to the nearest, ties to even.
   *
   * @throws NotFiniteException in one line, if a number is NaN or infinite: there is no picture
   */
  public static BufferedImage toImage(Tensor image) {
    ImageSize size = sizeOf(image);
    int height = size.height();
    int width = size.width();
    float[] values = Ops.toFloats(image);
    if (!Finite.all(values)) {
      throw new NotFiniteException(
          "the picture is not finite (NaN or infinite numbers): weights of the model or of a LoRA"
              + " are damaged, or a LoRA is too strong");
    }
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int plane = height * width;
    for (int i = 0; i < plane; i++) {
      int rgb =
          (toByte(values[i]) << 16)
              | (toByte(values[plane + i]) << 8)
              | toByte(values[2 * plane + i]);
      picture.setRGB(i % width, i / width, rgb);
    }
    return picture;
  }

  private static int toByte(float value) {
    float unit = Math.min(1f, Math.max(0f, value / 2 + 0.5f));
    return (int) Math.rint(unit * 255f);
  }

  /**
   * A picture as a tensor, fp32 [1, 3, H, W]: x / 255 · 2 - 1. Greys are taken as they are stored;
   * an alpha channel is laid over white.
   */
  public static Tensor toTensor(BufferedImage picture) {
    int height = picture.getHeight();
    int width = picture.getWidth();
    int plane = height * width;
    int[] rgb = rgb(picture);
    float[] values = new float[3 * plane];
    for (int i = 0; i < plane; i++) {
      for (int c = 0; c < 3; c++) {
        int value = (rgb[i] >> (16 - 8 * c)) & 0xff;
        values[c * plane + i] = value / 255f * 2f - 1f;
      }
    }
    return Ops.floats(values, 1, 3, height, width);
  }

  /**
   * A copy of a picture as sRGB of 8 bits a channel, {@link BufferedImage#TYPE_INT_RGB}: the values
   * that {@link #toTensor} would take, greys as they are stored, an alpha channel laid over white.
   */
  public static BufferedImage opaque(BufferedImage picture) {
    return CopiedValues.picture(rgb(picture), picture.getWidth(), picture.getHeight(), false);
  }

  /** The pixels in row-major order as 0xRRGGBB; an alpha channel is laid over white. */
  static int[] rgb(BufferedImage picture) {
    int[] argb = CopiedValues.argb(picture);
    for (int i = 0; i < argb.length; i++) {
      int alpha = argb[i] >>> 24;
      argb[i] = alpha == 255 ? argb[i] & 0xffffff : overWhite(argb[i], alpha);
    }
    return argb;
  }

  private static int overWhite(int argb, int alpha) {
    int over = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int value = (argb >> shift) & 0xff;
      over |= ((value * alpha + 255 * (255 - alpha) + 127) / 255) << shift;
    }
    return over;
  }
}
