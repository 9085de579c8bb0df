package dev.dualprocess.distill;

import dev.dualprocess.tensor.Memory;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Copies of contiguous fp32 tensors of the host in a temporary file, for what is large where memory
 * is short. The file has no name any more where the system allows it, so that it goes with the
 * process however that ends.
 */
final class CopiesInFile implements KeptCopies {
  private static final long WINDOW = 1L << 30;

  private final FileChannel channel;
  private long[][] shapes = {};

  CopiesInFile() throws IOException {
    Path path = Files.createTempFile("dualprocess-", ".kept");
    channel =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** One piece of the channel, to be written from or read into that memory. */
  @FunctionalInterface
  private interface Piece {
    int move(ByteBuffer buffer) throws IOException;
  }

  /** Work on the channel. */
  @FunctionalInterface
  private interface Work<T> {
    T done() throws IOException;
  }

  /** An interrupt that came before would close the channel; it is for whoever runs the steps. */
  private static <T> T uninterrupted(Work<T> work) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      return work.done();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void whole(Tensor tensor, Piece piece) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      long bytes = tensor.nbytes();
      for (long at = 0; at < bytes; at += WINDOW) {
        long end = Math.min(bytes, at + WINDOW);
        ByteBuffer buffer =
            new BytePointer(tensor.data_ptr()).position(at).limit(end).asByteBuffer();
        while (buffer.hasRemaining()) {
          if (piece.move(buffer) < 0) {
            throw new EOFException("the temporary file of what was learnt is too short");
          }
        }
      }
    }
  }

  @Override
  public void keep(Tensor[] originals) throws IOException {
    shapes = uninterrupted(() -> written(originals));
  }

  private long[][] written(Tensor[] originals) throws IOException {
    long[][] written = new long[originals.length][];
    channel.position(0);
    for (int i = 0; i < originals.length; i++) {
      written[i] = originals[i].shape();
      whole(originals[i], channel::write);
    }
    return written;
  }

  @Override
  public Tensor[] last() throws IOException {
    return uninterrupted(this::read);
  }

  private Tensor[] read() throws IOException {
    channel.position(0);
    Tensor[] last = new Tensor[shapes.length];
    for (int i = 0; i < last.length; i++) {
      long[] shape = shapes[i];
      last[i] = Memory.scoped(() -> torch.empty(shape));
      whole(last[i], channel::read);
    }
    return last;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
