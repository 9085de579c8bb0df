package dev.dualprocess.soak;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Bytes flipped, left out, doubled, cut off, or overwritten with numbers that readers trip over.
 */
final class DamagedBytes implements Damage {
  private static final int MOST_PLACES = 6;
  private static final int MOST_BYTES = 64;
  private static final long[] ODD = {
    0,
    1,
    -1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private final int within; // the first so many bytes alone

  DamagedBytes() {
    this(Integer.MAX_VALUE);
  }

  /** Of the beginning alone. */
  DamagedBytes(int within) {
    this.within = within;
  }

  @Override
  public byte[] of(byte[] content, SplittableRandom random) {
    byte[] spoilt = content.clone();
    for (int places = 1 + random.nextInt(MOST_PLACES); places > 0 && spoilt.length > 0; places--) {
      spoilt = once(spoilt, random.nextInt(Math.min(within, spoilt.length)), random);
    }
    return spoilt;
  }

  private static byte[] once(byte[] bytes, int at, SplittableRandom random) {
    int end = Math.min(bytes.length, at + 1 + random.nextInt(MOST_BYTES));
    switch (random.nextInt(8)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt();
      case 2 -> {
        return joined(bytes, at, bytes, end);
      }
      case 3 -> {
        return joined(bytes, end, bytes, at);
      }
      case 4 -> {
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at) : bytes;
      }
      default -> number(bytes, at, random);
    }
    return bytes;
  }

  /** What is before {@code end} of one and from {@code from} of the other. */
  private static byte[] joined(byte[] one, int end, byte[] other, int from) {
    byte[] joined = Arrays.copyOf(one, end + other.length - from);
    System.arraycopy(other, from, joined, end, other.length - from);
    return joined;
  }

  private static void number(byte[] bytes, int at, SplittableRandom random) {
    long value = ODD[random.nextInt(ODD.length)];
    boolean little = random.nextBoolean();
    int width = 1 << random.nextInt(4);
    ByteBuffer eight =
        ByteBuffer.allocate(8).order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    byte[] encoded = eight.putLong(value).array();
    int from = little ? 0 : 8 - width;
    System.arraycopy(encoded, from, bytes, at, Math.min(width, bytes.length - at));
  }
}
