package dev.dualprocess.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file that is arriving: {@code blobs/ETAG.incomplete}, and the checksum of what is there. What a
 * former process left is gone on with.
 */
final class Incomplete implements Sink, AutoCloseable {
  private static final int PIECE = 1 << 20;

  private final RepoFile file;
  private final Path path;
  private final HubListener listener;
  private final FileChannel channel;
  private MessageDigest digest;
  private final AtomicLong position = new AtomicLong();

  private Incomplete(RepoFile file, Path path, HubListener listener, FileChannel channel) {
    this.file = file;
    this.path = path;
    this.listener = listener;
    this.channel = channel;
    digest = file.digest();
  }

  static Path beside(Path blob) {
    return blob.resolveSibling(blob.getFileName() + ".incomplete");
  }

  /** How much of it a former process has left. */
  static long left(Path blob, RepoFile file) throws IOException {
    Path path = beside(blob);
    long size = Files.isRegularFile(path) ? Files.size(path) : 0;
    return size <= file.size() ? size : 0;
  }

  /** Goes on with what is there, which is read once. */
  static Incomplete open(RepoFile file, Path blob, HubListener listener) throws IOException {
    Path path = beside(blob);
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      Incomplete incomplete = new Incomplete(file, path, listener, channel);
      incomplete.readWhatIsThere();
      return incomplete;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void readWhatIsThere() throws IOException {
    if (channel.size() > file.size()) {
      channel.truncate(0);
    }
    long there = channel.size();
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, there));
    while (position.get() < there && channel.read(piece) >= 0) {
      piece.flip();
      position.addAndGet(piece.remaining());
      digest.update(piece);
      piece.clear();
    }
  }

  long position() {
    return position.get();
  }

  boolean complete() {
    return position.get() == file.size();
  }

  /** From the beginning again. */
  void restart() throws IOException {
    listener.arrived(-position.get());
    channel.truncate(0);
    channel.position(0);
    position.set(0);
    digest = file.digest();
  }

  @Override
  public void accept(List<ByteBuffer> bytes) throws IOException {
    for (ByteBuffer piece : bytes) {
      if (piece.remaining() > file.size() - position.get()) {
        throw new ContentException(
            "it is longer than the %d bytes it should have".formatted(file.size()));
      }
      write(piece);
    }
  }

  private void write(ByteBuffer piece) throws LocalException {
    int length = piece.remaining();
    digest.update(piece.duplicate());
    try {
      while (piece.hasRemaining()) {
        channel.write(piece);
      }
    } catch (IOException e) {
      throw new LocalException(
          "%s cannot be written to %s: %s".formatted(file.path(), path, e.getMessage()), e);
    }
    position.addAndGet(length);
    listener.arrived(length);
  }

  /**
   * Gives the whole file its name, if it is what it should be.
   *
   * @throws ContentException if it is not
   */
  void become(Path blob) throws IOException {
    if (!file.isSum(digest)) {
      throw new ContentException(
          "its %s is not %s"
              .formatted(file.sha256().isPresent() ? "sha256" : "git-sha1", file.etag()));
    }
    channel.close();
    Files.move(path, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
