package dev.dualprocess.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** GIF files: the first frame, on a see-through canvas where it does not fill it. */
final class GifFile {
  private static final int HEADER = 13;
  private static final int FRAME = 0x2c;
  private static final int EXTENSION = 0x21;

  private GifFile() {}

  static BufferedImage decode(byte[] file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    Frame frame = Frame.first(bytes);
    int width = Math.max(bytes.getShort(6) & 0xffff, frame.left() + frame.width());
    int height = Math.max(bytes.getShort(8) & 0xffff, frame.top() + frame.height());
    PictureFile.requireSize(width, height);
    BufferedImage read = ImageIoReader.withJdk("gif", file, (reader, warnings) -> reader.read(0));
    return Frames.onCanvas(read, frame.left(), frame.top(), width, height);
  }

  /** Where a frame stands on the canvas. */
  private record Frame(int left, int top, int width, int height) {
    static Frame first(ByteBuffer bytes) throws IOException {
      try {
        int at = HEADER + tableLength(bytes.get(10));
        while (bytes.get(at) == EXTENSION) {
          at = afterBlocks(bytes, at + 2);
        }
        if (bytes.get(at) != FRAME) {
          throw new IOException("it is a GIF without a picture; get it again");
        }
        return at(bytes, at + 1);
      } catch (IndexOutOfBoundsException e) {
        throw new IOException("it ends too early; get it again", e);
      }
    }

    private static Frame at(ByteBuffer bytes, int at) {
      Frame frame =
          new Frame(
              bytes.getShort(at) & 0xffff,
              bytes.getShort(at + 2) & 0xffff,
              bytes.getShort(at + 4) & 0xffff,
              bytes.getShort(at + 6) & 0xffff);
      afterBlocks(bytes, at + 10 + tableLength(bytes.get(at + 8))); // all of its data is there
      return frame;
    }

    private static int tableLength(int packed) {
      return (packed & 0x80) == 0 ? 0 : 3 << ((packed & 7) + 1);
    }

    private static int afterBlocks(ByteBuffer bytes, int start) {
      int at = start;
      while (bytes.get(at) != 0) {
        at += 1 + (bytes.get(at) & 0xff);
      }
      return at + 1;
    }
  }
}
