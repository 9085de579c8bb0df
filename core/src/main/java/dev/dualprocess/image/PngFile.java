package dev.dualprocess.image;

import dev.dualprocess.image.PngChunks.Chunk;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;

/**
 * PNG files. Of all that may stand beside the pixels, transparency and EXIF's orientation count;
 * gamma, colour profiles and the frames of an animation do not.
 */
final class PngFile {
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final long MOST_DEFLATED = 1032; // bytes that a byte of deflate can stand for
  private static final Set<String> PIXELS = Set.of("IHDR", "PLTE", "IDAT", "IEND");

  private PngFile() {}

  static BufferedImage decode(byte[] file) throws IOException {
    PngChunks chunks = new PngChunks(file);
    chunks.requireSound();
    return orientation(chunks).upright(stored(chunks));
  }

  private static BufferedImage stored(PngChunks chunks) throws IOException {
    int colors = colors(chunks);
    requireEnough(chunks);
    byte[] plain = chunks.only(chunk -> counts(chunk, colors));
    BufferedImage read = ImageIoReader.withJdk("png", plain, (reader, warnings) -> reader.read(0));
    int[] argb = CopiedValues.argb(read);
    Optional<Chunk> key = chunks.first("tRNS").filter(c -> colors == GREY || colors == RGB);
    key.ifPresent(chunk -> seeThrough(argb, read.getRaster(), chunks.data(chunk)));
    boolean alpha = key.isPresent() || read.getColorModel().hasAlpha();
    return CopiedValues.picture(argb, read.getWidth(), read.getHeight(), alpha);
  }

  private static int colors(PngChunks chunks) throws IOException {
    ByteBuffer header =
        chunks.first("IHDR").map(chunks::data).filter(data -> data.limit() == 13).orElse(null);
    if (header == null) {
      throw new IOException("it is damaged (no header); get it again");
    }
    PictureFile.requireSize(header.getInt(0), header.getInt(4));
    return header.get(9);
  }

  /** Refuses a size that the data cannot fill however well it is compressed. */
  private static void requireEnough(PngChunks chunks) throws IOException {
    ByteBuffer header = chunks.first("IHDR").map(chunks::data).orElseThrow();
    long bits = (long) header.getInt(0) * header.getInt(4) * header.get(8); // at least
    long data =
        chunks.all().stream().filter(c -> c.type().equals("IDAT")).mapToLong(Chunk::length).sum();
    if (bits / 8 > MOST_DEFLATED * (data + 1)) {
      throw new IOException("it ends too early (a truncated PNG); get it again");
    }
  }

  private static boolean counts(Chunk chunk, int colors) {
    return PIXELS.contains(chunk.type()) || (chunk.type().equals("tRNS") && colors == PALETTE);
  }

  /** The one colour of a grey or RGB picture that is nothing, by its values as they are stored. */
  private static void seeThrough(int[] argb, Raster raster, ByteBuffer key) {
    int bands = raster.getNumBands();
    if (key.limit() < 2 * bands) {
      return;
    }
    int width = raster.getWidth();
    int[] values = new int[bands];
    for (int i = 0; i < argb.length; i++) {
      raster.getPixel(i % width, i / width, values);
      boolean same = true;
      for (int b = 0; b < bands; b++) {
        same &= values[b] == (key.getShort(2 * b) & 0xffff);
      }
      argb[i] = same ? argb[i] & 0xffffff : argb[i];
    }
  }

  private static Orientation orientation(PngChunks chunks) {
    return chunks
        .first("eXIf")
        .map(chunk -> Exif.orientation(chunks.data(chunk)))
        .orElse(Orientation.NORMAL);
  }
}
