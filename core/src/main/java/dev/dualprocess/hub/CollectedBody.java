package dev.dualprocess.hub;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/** A body in memory, up to a size. */
final class CollectedBody implements Sink {
  private final int most;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  CollectedBody(int most) {
    this.most = most;
  }

  @Override
  public void accept(List<ByteBuffer> buffers) throws LocalException {
    for (ByteBuffer buffer : buffers) {
      if (buffer.remaining() > most - bytes.size()) {
        throw new LocalException(
            "the hub sends more than the %d bytes that make sense".formatted(most));
      }
      byte[] piece = new byte[buffer.remaining()];
      buffer.get(piece);
      bytes.writeBytes(piece);
    }
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }
}
