package dev.dualprocess.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What the segments of a JPEG file say of its pixels, read up to the marker of its end. */
final class JpegSegments {
  /** No Adobe marker says whether colours are transformed. */
  static final int NONE = -1;

  private static final int START = 0xd8;
  private static final int END = 0xd9;
  private static final int APP_0 = 0xe0;
  private static final int APP_1 = 0xe1;
  private static final int APP_14 = 0xee;
  private static final int APP_15 = 0xef;
  private static final int COMMENT = 0xfe;
  private static final List<Integer> NO_FRAMES = List.of(0xc4, 0xc8, 0xcc);
  private static final int ADOBE_TRANSFORM = 11;

  private final byte[] file;
  private final ByteArrayOutputStream pixels = new ByteArrayOutputStream();
  private int at;
  private int copied; // of the file, to the pixels
  private boolean jfif;
  private int transform = NONE;
  private Orientation orientation = Orientation.NORMAL;
  private final List<Integer> components = new ArrayList<>();

  /**
   * Reads them.
   *
   * @throws IOException if the end is missing
   */
  JpegSegments(byte[] file) throws IOException {
    this.file = file;
    try {
      int marker = nextMarker();
      while (marker != END) {
        pass(marker);
        marker = nextMarker();
      }
      pixels.write(file, copied, at - copied);
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("it ends too early (a truncated JPEG); get it again", e);
    }
  }

  /** Whether it is a JFIF file. */
  boolean jfif() {
    return jfif;
  }

  /** Adobe's number for the transform of colours, or {@link #NONE}. */
  int transform() {
    return transform;
  }

  Orientation orientation() {
    return orientation;
  }

  /** The numbers of the components. */
  List<Integer> components() {
    return List.copyOf(components);
  }

  /** The file without its segments for applications and comments. */
  byte[] pixels() {
    return pixels.toByteArray();
  }

  /** The next marker; within the data of a scan, stuffed bytes and restarts are none. */
  private int nextMarker() {
    while (true) {
      if ((file[at++] & 0xff) == 0xff) {
        while ((file[at] & 0xff) == 0xff) {
          at++;
        }
        int marker = file[at++] & 0xff;
        if (marker != 0 && marker != 1 && !(marker >= 0xd0 && marker <= START)) {
          return marker;
        }
      }
    }
  }

  private void pass(int marker) {
    int length = ByteBuffer.wrap(file).getShort(at) & 0xffff;
    ByteBuffer data = ByteBuffer.wrap(file, at + 2, Math.max(0, length - 2)).slice();
    if ((marker >= APP_0 && marker <= APP_15) || marker == COMMENT) {
      pixels.write(file, copied, at - 2 - copied);
      copied = at + length;
    }
    at += length;
    if (marker == APP_0) {
      jfif |= begins(data, "JFIF");
    } else if (marker == APP_1 && orientation == Orientation.NORMAL && Exif.isHeaded(data)) {
      orientation = Exif.orientation(data);
    } else if (marker == APP_14 && begins(data, "Adobe") && data.limit() > ADOBE_TRANSFORM) {
      transform = data.get(ADOBE_TRANSFORM);
    } else if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.contains(marker)) {
      frame(data);
    }
  }

  private void frame(ByteBuffer data) {
    components.clear();
    for (int i = 0; i < data.get(5); i++) {
      components.add(data.get(6 + 3 * i) & 0xff);
    }
  }

  private static boolean begins(ByteBuffer data, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (i >= data.limit() || data.get(i) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
