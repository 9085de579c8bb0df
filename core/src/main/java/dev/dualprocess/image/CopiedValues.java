package dev.dualprocess.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferInt;
import java.awt.image.Raster;
import java.util.Arrays;

/**
 * Pixels as 0xAARRGGBB with the values that stand in the picture, brought to 8 bits: a grey 30 is
 * 0x1e1e1e, though the JDK would have it that greys are linear and make it 0x606060; a 16-bit value
 * is v / 257, rounded.
 */
final class CopiedValues {
  private static final int[] RGBA = {0xff0000, 0xff00, 0xff, 0xff000000};

  private CopiedValues() {}

  /** The pixels in row-major order. */
  static int[] argb(BufferedImage picture) {
    ColorModel model = picture.getColorModel();
    if (model instanceof ComponentColorModel && !isPlain(model)) {
      return isSimple(model) ? samples(picture.getRaster(), model) : components(picture);
    }
    int width = picture.getWidth();
    return picture.getRGB(0, 0, width, picture.getHeight(), null, 0, width);
  }

  /** Whether the JDK copies, too; and colours of another space are for the JDK to convert. */
  private static boolean isPlain(ColorModel model) {
    ColorSpace space = model.getColorSpace();
    return space.getType() != ColorSpace.TYPE_GRAY
        && (!space.isCS_sRGB() || model.getTransferType() == DataBuffer.TYPE_BYTE);
  }

  private static boolean isSimple(ColorModel model) {
    boolean whole =
        model.getTransferType() == DataBuffer.TYPE_BYTE
            || model.getTransferType() == DataBuffer.TYPE_USHORT;
    return whole && !model.isAlphaPremultiplied();
  }

  /** The pixels of a raster of one or three bands, and one for alpha if there is such. */
  static int[] samples(Raster raster, ColorModel model) {
    int bands = raster.getNumBands();
    int most = (1 << model.getComponentSize(0)) - 1;
    int width = raster.getWidth();
    int[] argb = new int[width * raster.getHeight()];
    int[] row = new int[width * bands];
    for (int i = 0; i < argb.length; i++) {
      int x = i % width;
      if (x == 0) {
        raster.getPixels(raster.getMinX(), raster.getMinY() + i / width, width, 1, row);
      }
      argb[i] = pixel(row, x * bands, bands, most);
    }
    return argb;
  }

  private static int pixel(int[] row, int at, int bands, int most) {
    boolean hasAlpha = bands % 2 == 0;
    int next = bands < 3 ? 0 : 1;
    int alpha = hasAlpha ? toByte(row[at + bands - 1], most) : 255;
    return alpha << 24
        | toByte(row[at], most) << 16
        | toByte(row[at + next], most) << 8
        | toByte(row[at + 2 * next], most);
  }

  private static int toByte(int value, int most) {
    return most == 255 ? value : (int) ((value * 255L + most / 2) / most);
  }

  /** The same for everything else: fractions, premultiplied alpha. */
  private static int[] components(BufferedImage picture) {
    ColorModel model = picture.getColorModel();
    Raster raster = picture.getRaster();
    int width = picture.getWidth();
    int bands = model.getNumComponents();
    int[] argb = new int[width * picture.getHeight()];
    int[] values = new int[bands];
    for (int i = 0; i < argb.length; i++) {
      Object element = raster.getDataElements(i % width, i / width, null);
      float[] unit = model.getNormalizedComponents(element, null, 0);
      for (int b = 0; b < bands; b++) {
        values[b] = Math.round(255 * Math.min(1, Math.max(0, unit[b])));
      }
      argb[i] = pixel(values, 0, bands, 255);
    }
    return argb;
  }

  /** A picture of such pixels, which are not copied, with alpha or without. */
  static BufferedImage picture(int[] argb, int width, int height, boolean alpha) {
    int type = alpha ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    ColorModel model = new BufferedImage(1, 1, type).getColorModel();
    int[] masks = Arrays.copyOf(RGBA, alpha ? 4 : 3);
    DataBufferInt pixels = new DataBufferInt(argb, argb.length);
    return new BufferedImage(
        model, Raster.createPackedRaster(pixels, width, height, width, masks, null), false, null);
  }
}
