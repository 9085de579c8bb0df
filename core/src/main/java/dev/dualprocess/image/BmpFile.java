package dev.dualprocess.image;

import java.awt.image.BufferedImage;
import java.io.IOException;

/** BMP files. */
final class BmpFile {
  private BmpFile() {}

  static BufferedImage decode(byte[] file) throws IOException {
    BufferedImage read = ImageIoReader.withJdk("bmp", file, (reader, warnings) -> reader.read(0));
    boolean alpha = read.getColorModel().hasAlpha();
    return CopiedValues.picture(CopiedValues.argb(read), read.getWidth(), read.getHeight(), alpha);
  }
}
