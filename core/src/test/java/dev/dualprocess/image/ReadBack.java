package dev.dualprocess.image;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of given bytes as they are read. */
final class ReadBack {
  private ReadBack() {}

  private interface Use<T> {
    T of(Path file) throws IOException;
  }

  private static <T> T with(byte[] bytes, Use<T> use) throws IOException {
    Path file = Files.createTempFile("picture", ".any");
    try {
      return use.of(Files.write(file, bytes));
    } finally {
      Files.delete(file);
    }
  }

  static BufferedImage picture(byte[] bytes) throws IOException {
    return with(bytes, PictureFile::read);
  }

  /** 0xAARRGGBB row by row, of a picture of the right type. */
  static int[] argb(byte[] bytes) throws IOException {
    BufferedImage picture = picture(bytes);
    assertEquals(
        picture.getColorModel().hasAlpha()
            ? BufferedImage.TYPE_INT_ARGB
            : BufferedImage.TYPE_INT_RGB,
        picture.getType());
    int width = picture.getWidth();
    return picture.getRGB(0, 0, width, picture.getHeight(), null, 0, width);
  }

  static void assertNotRead(byte[] bytes, Object... told) throws IOException {
    with(
        bytes,
        file -> {
          assertRefused(IOException.class, () -> PictureFile.read(file), file, "not a picture");
          assertRefused(IOException.class, () -> PictureFile.read(file), told);
          return null;
        });
  }

  /** EXIF data without its heading that says how a picture was held. */
  static byte[] exif(int orientation, ByteOrder order) {
    ByteBuffer tiff = ByteBuffer.allocate(38).order(order);
    boolean little = order == ByteOrder.LITTLE_ENDIAN;
    tiff.put((byte) (little ? 'I' : 'M')).put((byte) (little ? 'I' : 'M')).putShort((short) 42);
    tiff.putInt(8).putShort((short) 2);
    tiff.putShort((short) 0x010f).putShort((short) 2).putInt(1).putInt(0); // the camera's maker
    tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
    return tiff.array();
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
