package dev.dualprocess.image;

import java.io.IOException;
import java.util.List;

/**
 * How the values of a JPEG become RGB, in libjpeg's integers:
 *
 * <pre>
 *   R = Y + 1.402 (Cr - 128)
 *   G = Y - 0.34414 (Cb - 128) - 0.71414 (Cr - 128)
 *   B = Y + 1.772 (Cb - 128)
 * </pre>
 *
 * Inks are stored inverted, as Adobe does it and everybody assumes: 255 is none. A colour is then
 * the product of what its ink and black let through.
 */
enum JpegColors {
  GREY {
    @Override
    int rgb(int[] values, int at) {
      return packed(values[at], values[at], values[at]);
    }
  },
  RGB {
    @Override
    int rgb(int[] values, int at) {
      return packed(values[at], values[at + 1], values[at + 2]);
    }
  },
  YCC {
    @Override
    int rgb(int[] values, int at) {
      int y = values[at];
      int cb = values[at + 1] - 128;
      int cr = values[at + 2] - 128;
      return packed(
          clamped(y + ((FROM_CR_TO_R * cr + HALF) >> BITS)),
          clamped(y + ((HALF - FROM_CB_TO_G * cb - FROM_CR_TO_G * cr) >> BITS)),
          clamped(y + ((FROM_CB_TO_B * cb + HALF) >> BITS)));
    }
  },
  CMYK {
    @Override
    int rgb(int[] values, int at) {
      int black = values[at + 3];
      return packed(
          through(values[at], black),
          through(values[at + 1], black),
          through(values[at + 2], black));
    }
  },
  YCCK {
    @Override
    int rgb(int[] values, int at) {
      int inks = ~YCC.rgb(values, at);
      int[] cmyk = {inks >> 16 & 0xff, inks >> 8 & 0xff, inks & 0xff, values[at + 3]};
      return CMYK.rgb(cmyk, 0);
    }
  };

  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);
  private static final int FROM_CR_TO_R = fixed(1.40200);
  private static final int FROM_CB_TO_B = fixed(1.77200);
  private static final int FROM_CR_TO_G = fixed(0.71414);
  private static final int FROM_CB_TO_G = fixed(0.34414);

  private static int fixed(double factor) {
    return (int) (factor * (1 << BITS) + 0.5);
  }

  private static int clamped(int value) {
    return Math.min(255, Math.max(0, value));
  }

  /** black - (1 - ink) black, rounded as Pillow does. */
  private static int through(int ink, int black) {
    return black - ((255 - ink) * black + 127) / 255;
  }

  private static int packed(int red, int green, int blue) {
    return 0xff000000 | red << 16 | green << 8 | blue;
  }

  /** The colour of one pixel, opaque. */
  abstract int rgb(int[] values, int at);

  /**
   * As libjpeg decides it.
   *
   * @throws IOException if the channels are no colours
   */
  static JpegColors of(JpegSegments segments) throws IOException {
    List<Integer> components = segments.components();
    return switch (components.size()) {
      case 1 -> GREY;
      case 3 -> isRgb(segments) ? RGB : YCC;
      case 4 -> segments.transform() > 0 ? YCCK : CMYK;
      default ->
          throw new IOException(
              "it has %d channels; convert it to RGB".formatted(components.size()));
    };
  }

  private static boolean isRgb(JpegSegments segments) {
    if (segments.jfif()) {
      return false;
    }
    return segments.transform() == JpegSegments.NONE
        ? segments.components().equals(List.of((int) 'R', (int) 'G', (int) 'B'))
        : segments.transform() == 0;
  }
}
