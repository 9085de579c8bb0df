package dev.dualprocess.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Safetensors files put together byte by byte, right and wrong ones. */
final class HandMade {
  private HandMade() {}

  /** A file whose first 8 bytes tell the header's length as it is. */
  static Path write(Path path, String header, byte[] data) throws IOException {
    return write(path, header.getBytes(StandardCharsets.UTF_8).length, header, data);
  }

  /** A file whose first 8 bytes claim any length of header. */
  static Path write(Path path, long claimedHeader, String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + data.length);
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(claimedHeader).put(text).put(data);
    return Files.write(path, file.array());
  }

  /** The header's text for one tensor. */
  static String tensor(String name, String dtype, String shape, Object begin, Object end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%s,%s]}"
        .formatted(name, dtype, shape, begin, end);
  }
}
