package dev.dualprocess.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** JPEG files of chosen channels and segments. */
final class JpegBytes {
  private JpegBytes() {}

  /** A JFIF file of a picture. */
  static byte[] of(BufferedImage picture, boolean progressive) throws IOException {
    return written(new IIOImage(picture, null, null), progressive);
  }

  /** A file of 16x16 pixels whose channels hold those values, with no word on what they are. */
  static byte[] flat(int... channels) throws IOException {
    int bands = channels.length;
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, bands, null);
    for (int i = 0; i < 256; i++) {
      raster.setPixel(i % 16, i / 16, channels);
    }
    return without(0xe0, without(0xee, written(new IIOImage(raster, null, null), false)));
  }

  private static byte[] written(IIOImage image, boolean progressive) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality(1);
      how.setProgressiveMode(
          progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
      writer.setOutput(out);
      writer.write(null, image, how);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** The file with one more segment at its beginning. */
  static byte[] with(int marker, byte[] data, byte[] jpeg) {
    ByteBuffer head = ByteBuffer.allocate(4);
    head.put((byte) 0xff).put((byte) marker).putShort((short) (data.length + 2));
    return ReadBack.joined(
        Arrays.copyOf(jpeg, 2), head.array(), data, Arrays.copyOfRange(jpeg, 2, jpeg.length));
  }

  /** The file without its segments of that kind. */
  private static byte[] without(int marker, byte[] jpeg) {
    ByteBuffer bytes = ByteBuffer.wrap(jpeg);
    for (int at = 2; (jpeg[at + 1] & 0xff) != 0xda; ) {
      int next = at + 2 + (bytes.getShort(at + 2) & 0xffff);
      if ((jpeg[at + 1] & 0xff) == marker) {
        return ReadBack.joined(
            Arrays.copyOf(jpeg, at), Arrays.copyOfRange(jpeg, next, jpeg.length));
      }
      at = next;
    }
    return jpeg;
  }

  /** The file with the orientation in EXIF data. */
  static byte[] held(byte[] exif, byte[] jpeg) {
    byte[] heading = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);
    return with(0xe1, ReadBack.joined(heading, exif), jpeg);
  }

  /** The file with Adobe's word on its channels. */
  static byte[] adobe(int transform, byte[] jpeg) {
    byte[] data =
        ByteBuffer.allocate(12).put("Adobe".getBytes(StandardCharsets.ISO_8859_1)).array();
    data[6] = 100;
    data[11] = (byte) transform;
    return with(0xee, data, jpeg);
  }
}
