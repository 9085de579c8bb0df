package dev.dualprocess.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.zip.CRC32;

/** The chunks of a PNG file up to its end. */
final class PngChunks {
  static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private static final Set<String> UNDERSTOOD = Set.of("IHDR", "PLTE", "IDAT", "IEND");
  private static final int MOST = 200_000; // a hundred million pixels have a tenth of it
  private static final int FRAME = 12; // length, type and checksum around the data

  private final byte[] file;
  private final List<Chunk> chunks = new ArrayList<>();

  /** One of them; its data is {@code length} bytes from {@code offset} in the file. */
  record Chunk(String type, int offset, int length) {
    private boolean isCritical() {
      return Character.isUpperCase(type.charAt(0));
    }
  }

  /**
   * Finds them.
   *
   * @throws IOException if the end is missing, or there are too many
   */
  PngChunks(byte[] file) throws IOException {
    this.file = file;
    ByteBuffer bytes = ByteBuffer.wrap(file);
    int at = SIGNATURE.length;
    do {
      if (at + FRAME > file.length
          || bytes.getInt(at) < 0
          || bytes.getInt(at) > file.length - at - FRAME) {
        throw new IOException("it ends too early (a truncated PNG); get it again");
      }
      if (chunks.size() == MOST) {
        throw new IOException("it has more than %d parts; convert it".formatted(MOST));
      }
      String type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
      chunks.add(new Chunk(type, at + 8, bytes.getInt(at)));
      at += bytes.getInt(at) + FRAME;
    } while (!chunks.get(chunks.size() - 1).type().equals("IEND"));
  }

  List<Chunk> all() {
    return List.copyOf(chunks);
  }

  Optional<Chunk> first(String type) {
    return chunks.stream().filter(chunk -> chunk.type().equals(type)).findFirst();
  }

  ByteBuffer data(Chunk chunk) {
    return ByteBuffer.wrap(file, chunk.offset(), chunk.length()).slice();
  }

  /**
   * Checks that every chunk without which there is no picture is as it was written and known.
   *
   * @throws IOException otherwise
   */
  void requireSound() throws IOException {
    for (Chunk chunk : chunks) {
      if (chunk.isCritical() && !isWhole(chunk)) {
        throw new IOException("it is damaged (a checksum is wrong); get it again");
      }
      if (chunk.isCritical() && !UNDERSTOOD.contains(chunk.type())) {
        throw new IOException(
            "it is no plain PNG, but has a part '%s'; convert it".formatted(chunk.type()));
      }
    }
  }

  private boolean isWhole(Chunk chunk) {
    CRC32 sum = new CRC32();
    sum.update(file, chunk.offset() - 4, chunk.length() + 4);
    return (int) sum.getValue() == ByteBuffer.wrap(file).getInt(chunk.offset() + chunk.length());
  }

  /** A file of some of the chunks. */
  byte[] only(Predicate<Chunk> kept) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(file.length);
    out.writeBytes(SIGNATURE);
    for (Chunk chunk : chunks) {
      if (kept.test(chunk)) {
        out.write(file, chunk.offset() - 8, chunk.length() + FRAME);
      }
    }
    return out.toByteArray();
  }
}
