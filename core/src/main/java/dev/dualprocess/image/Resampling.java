package dev.dualprocess.image;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Resizing of 8-bit RGB pictures, bit for bit as the Python image processors do it: each axis is a
 * convolution with a kernel that widens when the picture shrinks (antialiasing), in fixed-point
 * numbers, rounded to 8 bits after each axis.
 */
public enum Resampling {
  /** A triangle, support 1. */
  BILINEAR(1) {
    @Override
    double kernel(double x) {
      return Math.max(0, 1 - Math.abs(x));
    }
  },

  /** Cubic convolution with a = -0.5 (Keys 1981), support 2. */
  BICUBIC(2) {
    @Override
    double kernel(double x) {
      double d = Math.abs(x);
      if (d < 1) {
        return ((A + 2) * d - (A + 3)) * d * d + 1;
      }
      return d < 2 ? (((d - 5) * d + 8) * d - 4) * A : 0;
    }
  },

  /** A sinc windowed by a wider sinc, support 3. */
  LANCZOS(3) {
    @Override
    double kernel(double x) {
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    }
  };

  private static final double A = -0.5;

  /**
   * How exact the fixed-point weights are, which makes one step of 255 here and there, and which
   * axis is resized first, which makes a few where neighbouring pixels differ much.
   */
  public enum Arithmetic {
    /**
     * Pillow up to 12: 22 bits behind the point, which leaves 8 for the value and 2 for overshoot.
     */
    PILLOW {
      @Override
      int bits(double largest) {
        return MOST_BITS;
      }
    },

    /** Pillow from 13 on: the height comes first where it loses much more than the width. */
    PILLOW_13 {
      @Override
      int bits(double largest) {
        return MOST_BITS;
      }

      @Override
      boolean heightFirst(ImageSize from, ImageSize to) {
        int less = from.height() - to.height();
        return less > 0 && less > 2L * (from.width() - to.width());
      }
    },

    /** torch and torchvision: as many bits as keep every weight of an axis within 16. */
    TORCH {
      @Override
      int bits(double largest) {
        int bits = 0;
        while (bits < MOST_BITS && (int) (0.5 + largest * (1 << (bits + 1))) < 1 << 15) {
          bits++;
        }
        return bits;
      }
    };

    private static final int MOST_BITS = 32 - 8 - 2;

    /** Bits behind the point, given the largest weight of an axis. */
    abstract int bits(double largest);

    /** Whether columns are resized before rows. */
    boolean heightFirst(ImageSize from, ImageSize to) {
      return false;
    }
  }

  private final double support;

  Resampling(double support) {
    this.support = support;
  }

  abstract double kernel(double x);

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
  }

  /** Brings a picture to a size by this filter, with {@link Arithmetic#PILLOW}. */
  public BufferedImage resize(BufferedImage picture, ImageSize size) {
    return resize(picture, size, Arithmetic.PILLOW);
  }

  /**
   * A picture of another size; an axis that keeps its length keeps its values. An alpha channel is
   * laid over white.
   */
  public BufferedImage resize(BufferedImage picture, ImageSize size, Arithmetic arithmetic) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    int[] pixels = Pixels.rgb(picture);
    if (arithmetic.heightFirst(new ImageSize(height, width), size)) {
      pixels = toHeight(size.height(), pixels, width, height, arithmetic);
      height = size.height();
    }
    if (size.width() != width) {
      pixels = alongRows(pixels, Axis.of(this, width, size.width(), arithmetic));
    }
    pixels = toHeight(size.height(), pixels, size.width(), height, arithmetic);
    BufferedImage result =
        new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
    result.setRGB(0, 0, size.width(), size.height(), pixels, 0, size.width());
    return result;
  }

  private int[] toHeight(int to, int[] pixels, int width, int height, Arithmetic arithmetic) {
    if (to == height) {
      return pixels;
    }
    int[] turned = transposed(pixels, width, height);
    return transposed(alongRows(turned, Axis.of(this, height, to, arithmetic)), to, width);
  }

  private static int[] alongRows(int[] pixels, Axis axis) {
    int rows = pixels.length / axis.length;
    int[] result = new int[rows * axis.newLength];
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < axis.newLength; x++) {
        result[y * axis.newLength + x] = axis.sum(pixels, y * axis.length, x);
      }
    }
    return result;
  }

  private static int[] transposed(int[] pixels, int width, int height) {
    int[] turned = new int[pixels.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        turned[x * height + y] = pixels[y * width + x];
      }
    }
    return turned;
  }

  /** The fixed-point weights of every new position along an axis. */
  private static final class Axis {
    private final int length;
    private final int newLength;
    private final int bits;
    private final int[] first; // the first old position that counts, for each new one
    private final int[][] weights;

    private Axis(int length, int newLength, int bits, int[] first, int[][] weights) {
      this.length = length;
      this.newLength = newLength;
      this.bits = bits;
      this.first = first;
      this.weights = weights;
    }

    static Axis of(Resampling kernel, int length, int newLength, Arithmetic arithmetic) {
      double scale = (double) length / newLength;
      double widened = Math.max(scale, 1);
      double reach = kernel.support * widened;
      int[] first = new int[newLength];
      double[][] exact = new double[newLength][];
      for (int i = 0; i < newLength; i++) {
        double centre = (i + 0.5) * scale;
        first[i] = Math.max((int) (centre - reach + 0.5), 0);
        int end = Math.min((int) (centre + reach + 0.5), length);
        double[] w = new double[end - first[i]];
        for (int j = 0; j < w.length; j++) {
          w[j] = kernel.kernel((j + first[i] - centre + 0.5) * (1 / widened));
        }
        exact[i] = normalised(w);
      }
      double largest = Arrays.stream(exact).flatMapToDouble(Arrays::stream).max().orElseThrow();
      int bits = arithmetic.bits(largest);
      int[][] fixed = Arrays.stream(exact).map(w -> fixed(w, bits)).toArray(int[][]::new);
      return new Axis(length, newLength, bits, first, fixed);
    }

    private static double[] normalised(double[] weights) {
      double sum = 0;
      for (double w : weights) {
        sum += w;
      }
      double total = sum;
      return Arrays.stream(weights).map(w -> w / total).toArray();
    }

    private static int[] fixed(double[] weights, int bits) {
      return Arrays.stream(weights)
          .map(w -> w * (1 << bits))
          .mapToInt(w -> (int) (w < 0 ? w - 0.5 : w + 0.5))
          .toArray();
    }

    /**
     * The weighted sum at new position {@code x} of the row of pixels 0xRRGGBB from {@code row}.
     */
    int sum(int[] pixels, int row, int x) {
      int half = 1 << (bits - 1);
      int red = half;
      int green = half;
      int blue = half;
      int[] w = weights[x];
      for (int i = 0; i < w.length; i++) {
        int pixel = pixels[row + first[x] + i];
        red += ((pixel >> 16) & 0xff) * w[i];
        green += ((pixel >> 8) & 0xff) * w[i];
        blue += (pixel & 0xff) * w[i];
      }
      return clip(red) << 16 | clip(green) << 8 | clip(blue);
    }

    private int clip(int sum) {
      return Math.min(255, Math.max(0, sum >> bits));
    }
  }
}
