package dev.dualprocess.soak;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/** A PNG one of whose chunks is spoilt, left out or doubled, under a checksum that fits it. */
final class DamagedPng implements Damage {
  private static final int SIGNATURE = 8;
  private static final int AROUND = 12; // length, type and checksum

  private final Damage ofChunk = new DamagedBytes();

  @Override
  public byte[] of(byte[] content, SplittableRandom random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(content, 0, SIGNATURE);
    ByteBuffer png = ByteBuffer.wrap(content);
    for (int at = SIGNATURE; at + AROUND <= content.length; ) {
      int end = at + AROUND + png.getInt(at);
      byte[] chunk = Arrays.copyOfRange(content, at + 4, end - 4); // type and data
      int copies = random.nextInt(20) == 0 ? random.nextInt(3) : 1;
      for (int i = 0; i < copies; i++) {
        write(random.nextInt(3) == 0 ? ofChunk.of(chunk, random) : chunk, out);
      }
      at = end;
    }
    return out.toByteArray();
  }

  private static void write(byte[] chunk, ByteArrayOutputStream out) {
    CRC32 sum = new CRC32();
    sum.update(chunk);
    out.writeBytes(ByteBuffer.allocate(4).putInt(chunk.length - 4).array());
    out.writeBytes(chunk);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
  }
}
