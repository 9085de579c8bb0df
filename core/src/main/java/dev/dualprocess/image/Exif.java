package dev.dualprocess.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The one thing of EXIF data that changes how a picture looks. */
final class Exif {
  private static final byte[] HEADING = {'E', 'x', 'i', 'f', 0, 0};
  private static final int ORIENTATION = 0x0112;
  private static final int ENTRY = 12; // bytes: tag, type, count, value
  private static final int SHORT = 3;

  private Exif() {}

  /** Of EXIF data, with its heading or without; what is broken turns nothing. */
  static Orientation orientation(ByteBuffer exif) {
    int skipped = isHeaded(exif) ? HEADING.length : 0;
    try {
      return Orientation.of(number(exif.slice(skipped, exif.limit() - skipped)));
    } catch (IndexOutOfBoundsException e) {
      return Orientation.NORMAL;
    }
  }

  /** Whether data begins as EXIF data in a JPEG does. */
  static boolean isHeaded(ByteBuffer data) {
    return data.limit() >= HEADING.length
        && data.slice(0, HEADING.length).equals(ByteBuffer.wrap(HEADING));
  }

  private static int number(ByteBuffer tiff) {
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    int entries = tiff.getShort(directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + i * ENTRY;
      if (tiff.getShort(entry) == ORIENTATION) {
        boolean isShort = tiff.getShort(entry + 2) == SHORT;
        return isShort ? tiff.getShort(entry + 8) : tiff.getInt(entry + 8);
      }
    }
    return 0;
  }
}
