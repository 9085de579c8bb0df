package dev.dualprocess.image;

import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Bytes in memory as ImageIO reads them, without a copy. How many there are is not told: readers
 * that know take a large picture of one colour in a few bytes for an attack.
 */
final class ByteArrayImageStream extends ImageInputStreamImpl {
  private final byte[] bytes;

  ByteArrayImageStream(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() {
    bitOffset = 0;
    return streamPos < bytes.length ? bytes[(int) streamPos++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    bitOffset = 0;
    if (length > 0 && streamPos >= bytes.length) {
      return -1;
    }
    int read = (int) Math.min(length, bytes.length - streamPos);
    System.arraycopy(bytes, (int) streamPos, into, offset, read);
    streamPos += read;
    return read;
  }
}
