package dev.dualprocess.studio.pictures;

import dev.dualprocess.image.PictureFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pictures that come from the page, decoded by the library's reader alone. */
final class Uploads {
  private Uploads() {}

  /** What is done with a file that is there for a moment. */
  interface Reading<T> {
    T read(Path file) throws IOException;
  }

  /** Reads what was sent as a file that is gone afterwards. */
  static <T> T reading(byte[] sent, Reading<T> reading) throws IOException {
    Path file = Files.createTempFile("upload", ".picture");
    try {
      Files.write(file, sent);
      return reading.read(file);
    } catch (IOException e) {
      String told = String.valueOf(e.getMessage()).replace(file.toString(), "the picture");
      throw new IOException(told, e);
    } finally {
      Files.delete(file);
    }
  }

  /** What was sent as a picture. */
  static BufferedImage picture(byte[] sent) throws IOException {
    return reading(sent, PictureFile::read);
  }
}
