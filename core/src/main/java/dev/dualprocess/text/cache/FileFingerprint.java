package dev.dualprocess.text.cache;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What tells a file from others in a moment, however large it is. A blob of the hub's cache is
 * named by its SHA-256. Up to 64 MiB are read as a whole. Of a larger file it is the size, the time
 * of its last change, its first MiB (with the header of safetensors), and 64 KiB at 64 places.
 */
final class FileFingerprint {
  private static final Pattern BLOB = Pattern.compile("[0-9a-f]{64}");
  private static final long WHOLE = 64L << 20;
  private static final int HEAD = 1 << 20;
  private static final int SAMPLE = 1 << 16;
  private static final int SAMPLES = 64;

  private FileFingerprint() {}

  static String of(Path file) throws IOException {
    Path real = file.toRealPath();
    long size = Files.size(real);
    if (isBlob(real)) {
      return size + " " + real.getFileName();
    }
    return size <= WHOLE
        ? MoreFiles.asByteSource(real).hash(Hashing.sha256()).toString()
        : sampled(real, size);
  }

  private static boolean isBlob(Path real) {
    Path folder = real.getParent();
    return folder != null
        && folder.endsWith("blobs")
        && BLOB.matcher(String.valueOf(real.getFileName())).matches();
  }

  private static String sampled(Path file, long size) throws IOException {
    Hasher hasher = Hashing.sha256().newHasher();
    hasher.putLong(size).putUnencodedChars(Files.getLastModifiedTime(file).toInstant().toString());
    try (FileChannel channel = FileChannel.open(file)) {
      put(hasher, channel, 0, HEAD);
      for (int i = 1; i <= SAMPLES; i++) {
        put(hasher, channel, (size - SAMPLE) / SAMPLES * i, SAMPLE);
      }
    }
    return hasher.hash().toString();
  }

  private static void put(Hasher hasher, FileChannel channel, long at, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        break;
      }
    }
    hasher.putBytes(buffer.flip());
  }
}
