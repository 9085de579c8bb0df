package dev.dualprocess.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.spi.ImageReaderSpi;

/** WebP files, if their library is there ({@link WebPLibrary}). */
final class WebPFile {
  private static final int HEADER = 12;
  private static final int CHUNK = 8; // type and length before the data

  private static final int MOST_TYPES = 1000;

  /** The library makes the whole picture before it sees that there is little in the file. */
  private static final long MOST_PIXELS_A_BYTE = 10_000;

  private static final long FEW_PIXELS = 1 << 24;

  /** The library reads so many bytes before it needs them. */
  private static final int AHEAD = 8;

  private WebPFile() {}

  static BufferedImage decode(byte[] file) throws IOException {
    Map<String, ByteBuffer> chunks = firstChunks(file);
    BufferedImage read =
        ImageIoReader.with(
            provider(),
            new ByteArrayImageStream(file, AHEAD),
            (reader, warnings) -> {
              requireBytesFor((long) reader.getWidth(0) * reader.getHeight(0), file.length);
              return reader.read(0);
            });
    BufferedImage stored = onCanvas(read, chunks, file.length);
    ByteBuffer exif = chunks.get("EXIF");
    return exif == null ? stored : Exif.orientation(exif).upright(stored);
  }

  private static void requireBytesFor(long pixels, long bytes) throws IOException {
    if (pixels > FEW_PIXELS && pixels > MOST_PIXELS_A_BYTE * bytes) {
      throw new IOException(
          "it is damaged (%d bytes cannot hold %d pixels); get it again".formatted(bytes, pixels));
    }
  }

  private static ImageReaderSpi provider() throws IOException {
    try {
      return WebPLibrary.reader();
    } catch (NoClassDefFoundError e) {
      throw new IOException(
          "it is a WebP picture; add the dependency com.twelvemonkeys.imageio:imageio-webp, or"
              + " convert it to PNG, e.g. with ImageMagick: magick FILE picture.png",
          e);
    }
  }

  /** The first chunk of each type. */
  private static Map<String, ByteBuffer> firstChunks(byte[] file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, ByteBuffer> chunks = new LinkedHashMap<>();
    try {
      int end = Math.addExact(bytes.getInt(4), 8);
      for (int at = HEADER; at < end; ) {
        String type = new String(file, at, 4, StandardCharsets.ISO_8859_1);
        int length = bytes.getInt(at + 4);
        ByteBuffer data = bytes.slice(at + CHUNK, length).order(ByteOrder.LITTLE_ENDIAN);
        chunks.putIfAbsent(type, data);
        if (chunks.size() > MOST_TYPES) {
          throw new IOException("it is damaged (parts of too many kinds); get it again");
        }
        at += CHUNK + length + length % 2;
      }
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new IOException("it ends too early (a truncated WebP); get it again", e);
    }
    return chunks;
  }

  /** A frame of an animation may be smaller than the whole. */
  private static BufferedImage onCanvas(
      BufferedImage read, Map<String, ByteBuffer> chunks, long bytes) throws IOException {
    ByteBuffer canvas = chunks.get("VP8X");
    ByteBuffer frame = chunks.get("ANMF");
    if (canvas == null || frame == null) {
      return Frames.onCanvas(read, 0, 0, read.getWidth(), read.getHeight());
    }
    int width = 1 + threeBytes(canvas, 4);
    int height = 1 + threeBytes(canvas, 7);
    PictureFile.requireSize(width, height);
    requireBytesFor((long) width * height, bytes);
    return Frames.onCanvas(read, 2 * threeBytes(frame, 0), 2 * threeBytes(frame, 3), width, height);
  }

  private static int threeBytes(ByteBuffer data, int at) {
    return (data.getShort(at) & 0xffff) | (data.get(at + 2) & 0xff) << 16;
  }
}
