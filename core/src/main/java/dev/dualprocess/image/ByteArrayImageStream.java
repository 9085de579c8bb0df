package dev.dualprocess.image;

import java.io.IOException;
import java.util.Arrays;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Bytes in memory as ImageIO reads them, without a copy. How many there are is not told: readers
 * that know take a large picture of one colour in a few bytes for an attack.
 */
final class ByteArrayImageStream extends ImageInputStreamImpl {
  private final byte[] bytes;
  private final int zeros;

  ByteArrayImageStream(byte[] bytes) {
    this(bytes, 0);
  }

  /**
   * Followed by that many zeros, for a reader that reads ahead. Whoever reads behind them is told
   * so by an exception that is no {@link java.io.EOFException}, which such a reader would pass over
   * and go on with what it had.
   */
  ByteArrayImageStream(byte[] bytes, int zeros) {
    this.bytes = bytes;
    this.zeros = zeros;
  }

  @Override
  public int read() throws IOException {
    bitOffset = 0;
    if (left() == 0) {
      return -1;
    }
    return streamPos < bytes.length ? bytes[(int) streamPos++] & 0xff : zero();
  }

  private int zero() {
    streamPos++;
    return 0;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    bitOffset = 0;
    if (length > 0 && left() == 0) {
      return -1;
    }
    int read = (int) Math.min(length, left());
    int copied = (int) Math.max(0, Math.min(read, bytes.length - streamPos));
    System.arraycopy(bytes, (int) Math.min(streamPos, bytes.length), into, offset, copied);
    Arrays.fill(into, offset + copied, offset + read, (byte) 0);
    streamPos += read;
    return read;
  }

  private long left() throws IOException {
    long left = Math.max(0, (long) bytes.length + zeros - streamPos);
    if (left == 0 && zeros > 0) {
      throw new IOException("it ends too early; get it again");
    }
    return left;
  }
}
