package dev.dualprocess.image;

import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;

/** BMP files. */
final class BmpFile {
  private BmpFile() {}

  static BufferedImage decode(byte[] file) throws IOException {
    try {
      BufferedImage read = ImageIoReader.withJdk("bmp", file, (reader, warnings) -> reader.read(0));
      return CopiedValues.picture(
          CopiedValues.argb(read),
          read.getWidth(),
          read.getHeight(),
          read.getColorModel().hasAlpha());
    } catch (EOFException e) {
      throw new IOException("it ends too early; get it again", e);
    }
  }
}
