package dev.dualprocess.soak;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A safetensors file with a spoilt header, of the right length or not, or cut short. */
final class DamagedSafeTensors implements Damage {
  private final Damage ofBytes = new DamagedBytes();
  private final Damage ofJson = new DamagedJson();

  @Override
  public byte[] of(byte[] content, SplittableRandom random) {
    int length = (int) ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong();
    byte[] header = Arrays.copyOfRange(content, 8, 8 + length);
    byte[] data = Arrays.copyOfRange(content, 8 + length, content.length);
    return switch (random.nextInt(6)) {
      case 0 -> joined(random.nextLong() >>> random.nextInt(64), header, data);
      case 1 -> joined(length, ofBytes.of(header, random), data);
      case 2 -> joined(length, header, Arrays.copyOf(data, random.nextInt(data.length + 1)));
      case 3 -> joined(length, header, Arrays.copyOf(data, data.length + 1 + random.nextInt(16)));
      default -> {
        byte[] spoilt = ofJson.of(header, random);
        yield joined(spoilt.length, spoilt, data);
      }
    };
  }

  private static byte[] joined(long length, byte[] header, byte[] data) {
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + data.length);
    return file.order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(header).put(data).array();
  }
}
