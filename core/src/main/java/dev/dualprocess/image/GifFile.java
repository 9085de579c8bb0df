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
  private static final int INTERLACED = 0x40;

  /** First row and distance of rows of each pass of an interlaced frame. */
  private static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

  private GifFile() {}

  static BufferedImage decode(byte[] file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file.clone()).order(ByteOrder.LITTLE_ENDIAN);
    Frame frame = Frame.first(bytes);
    int width = Math.max(bytes.getShort(6) & 0xffff, frame.left() + frame.width());
    int height = Math.max(bytes.getShort(8) & 0xffff, frame.top() + frame.height());
    PictureFile.requireSize(width, height);
    BufferedImage read =
        ImageIoReader.withJdk("gif", bytes.array(), (reader, warnings) -> reader.read(0));
    BufferedImage ordered = frame.interlaced() ? inOrder(read) : read;
    return Frames.onCanvas(ordered, frame.left(), frame.top(), width, height);
  }

  /** The rows of an interlaced frame, which come pass by pass. */
  private static BufferedImage inOrder(BufferedImage passes) {
    int width = passes.getWidth();
    int height = passes.getHeight();
    int[] from = CopiedValues.argb(passes);
    int[] to = new int[from.length];
    int row = 0;
    for (int[] pass : PASSES) {
      for (int y = pass[0]; y < height; y += pass[1]) {
        System.arraycopy(from, row++ * width, to, y * width, width);
      }
    }
    return CopiedValues.picture(to, width, height, passes.getColorModel().hasAlpha());
  }

  /** Where a frame stands on the canvas, and in which order its rows are stored. */
  private record Frame(int left, int top, int width, int height, boolean interlaced) {
    /** The first; in the bytes it is no longer interlaced: the JDK loses rows of small ones. */
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
        throw new IOException("it ends too early (a truncated GIF); get it again", e);
      }
    }

    private static Frame at(ByteBuffer bytes, int at) {
      int packed = bytes.get(at + 8);
      bytes.put(at + 8, (byte) (packed & ~INTERLACED));
      afterBlocks(bytes, at + 10 + tableLength(packed)); // all of its data is there
      return new Frame(
          bytes.getShort(at) & 0xffff,
          bytes.getShort(at + 2) & 0xffff,
          bytes.getShort(at + 4) & 0xffff,
          bytes.getShort(at + 6) & 0xffff,
          (packed & INTERLACED) != 0);
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
