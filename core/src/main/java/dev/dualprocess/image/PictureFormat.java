package dev.dualprocess.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The formats that are read, by the first bytes of a file. */
enum PictureFormat {
  PNG {
    @Override
    boolean is(Signature s) {
      return s.has(0, PngChunks.SIGNATURE);
    }

    @Override
    BufferedImage decode(byte[] file) throws IOException {
      return PngFile.decode(file);
    }
  },
  JPEG {
    @Override
    boolean is(Signature s) {
      return s.has(0, 0xff, 0xd8, 0xff);
    }

    @Override
    BufferedImage decode(byte[] file) throws IOException {
      return JpegFile.decode(file);
    }
  },
  GIF {
    @Override
    boolean is(Signature s) {
      return s.has(0, "GIF87a") || s.has(0, "GIF89a");
    }

    @Override
    BufferedImage decode(byte[] file) throws IOException {
      return GifFile.decode(file);
    }
  },
  WEBP {
    @Override
    boolean is(Signature s) {
      return s.has(0, "RIFF") && s.has(8, "WEBP");
    }

    @Override
    BufferedImage decode(byte[] file) throws IOException {
      return WebPFile.decode(file);
    }
  },
  BMP {
    private static final Set<Integer> HEADER_SIZES = Set.of(12, 16, 40, 52, 56, 64, 108, 124);

    @Override
    boolean is(Signature s) {
      return s.has(0, "BM") && HEADER_SIZES.contains(s.unsigned(14)) && s.has(15, 0, 0, 0);
    }

    @Override
    BufferedImage decode(byte[] file) throws IOException {
      return BmpFile.decode(file);
    }
  };

  /** Whether a file is of this format. */
  abstract boolean is(Signature s);

  /** The picture in a whole file of this format. */
  abstract BufferedImage decode(byte[] file) throws IOException;

  /** Whether a file is of one of the formats, by its beginning. */
  static boolean isOne(byte[] head) {
    Signature signature = new Signature(head);
    return Arrays.stream(values()).anyMatch(format -> format.is(signature));
  }

  /**
   * What a file is.
   *
   * @throws IOException with what it is instead and what to do, if it is none of these
   */
  static PictureFormat of(byte[] file) throws IOException {
    Signature signature = new Signature(file);
    List<PictureFormat> found =
        Arrays.stream(values()).filter(format -> format.is(signature)).toList();
    if (found.isEmpty()) {
      throw new IOException(ForeignFormat.told(signature));
    }
    return found.get(0);
  }
}
