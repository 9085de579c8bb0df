package dev.dualprocess.weights;

import dev.dualprocess.config.Interruption;
import dev.dualprocess.config.MissingFile;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file: 8 bytes of header length (little endian), a JSON header, then the data. The
 * file is mapped privately as a whole; tensors are views of the mapping and keep it alive after
 * {@link #close}.
 *
 * <p>Everything the header claims is checked against the file's size before it is mapped. The file
 * must not be truncated while it is open.
 */
public final class SafeTensorsFile implements AutoCloseable {
  /** The largest header that is believed, in bytes; the format's own limit. */
  static final long MAX_HEADER = 100_000_000;

  private static final long MOST_READ = 10_000_000; // of a header

  private static final int START = 64;

  private final Path path;
  private final SafeTensorsHeader header;
  private final long dataStart;
  private final long fileSize;
  private final Lifetime lifetime;
  private @Nullable Tensor mapping;

  private SafeTensorsFile(Path path, SafeTensorsHeader header, long dataStart, long fileSize) {
    this.path = path;
    this.lifetime = new Lifetime(path.toString());
    this.header = header;
    this.dataStart = dataStart;
    this.fileSize = fileSize;
  }

  /**
   * Reads and checks the header.
   *
   * @throws CheckpointException if the file is missing, truncated, or its header is not what it
   *     should be
   */
  public static SafeTensorsFile open(Path path) throws IOException {
    Objects.requireNonNull(path, "path");
    if (!Files.isRegularFile(path)) {
      throw new CheckpointException(MissingFile.line(path));
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < 8) {
        throw new CheckpointException(
            path + ": truncated: " + size + " bytes are too few for a safetensors file");
      }
      Impostor.refuse(path, read(channel, 0, (int) Math.min(size, START), path).array());
      long header = read(channel, 0, 8, path).getLong();
      if (header < 2 || header > MAX_HEADER) {
        throw new CheckpointException(
            path + ": not a safetensors file: it claims a header of " + header + " bytes");
      }
      if (header > size - 8) {
        throw new CheckpointException(
            "%s: truncated: its header should have %d bytes, the file has %d"
                .formatted(path, header, size));
      }
      if (header > MOST_READ) {
        throw new CheckpointException(
            "%s: its header of %d bytes is longer than any model's".formatted(path, header));
      }
      byte[] json = read(channel, 8, (int) header, path).array();
      return new SafeTensorsFile(
          path, SafeTensorsHeader.parse(path, json, size - 8 - header), 8 + header, size);
    } catch (ClosedByInterruptException e) {
      throw Interruption.of(path, "read", e);
    }
  }

  private static ByteBuffer read(FileChannel channel, long at, int length, Path path)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new CheckpointException(path + ": truncated while it was read");
      }
    }
    return buffer.flip();
  }

  /** Where the file lies. */
  public Path path() {
    return path;
  }

  /** The keys, in the order of the header. */
  public Set<String> names() {
    return header.entries().keySet();
  }

  /** The header's entries by key, in its order. */
  public Map<String, TensorEntry> entries() {
    return header.entries();
  }

  /** The free text pairs of the header. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * One tensor on the CPU in its stored dtype, in the caller's scope: a view of the mapped file
   * where its offset is aligned, else a copy.
   *
   * @throws IllegalArgumentException if there is no such key
   */
  public Tensor tensor(String name) {
    lifetime.requireOpen();
    TensorEntry entry = entry(name);
    return lifetime.sharing(() -> Memory.noGrad(() -> read(entry)));
  }

  private Tensor read(TensorEntry entry) {
    if (entry.end() == entry.begin()) {
      return torch.empty(entry.sizes(), new TensorOptions(entry.dtype().scalarType()), null);
    }
    Tensor bytes = map().narrow(0, dataStart + entry.begin(), entry.end() - entry.begin());
    boolean aligned = (dataStart + entry.begin()) % entry.dtype().bytes() == 0;
    return (aligned ? bytes : bytes.clone()).view(entry.dtype().scalarType()).view(entry.sizes());
  }

  /** As {@link #tensor}, of the header. */
  TensorEntry entry(String name) {
    TensorEntry entry = header.entries().get(name);
    if (entry == null) {
      throw new IllegalArgumentException(path + ": no tensor '" + name + "'");
    }
    return entry;
  }

  private synchronized Tensor map() {
    if (mapping == null) {
      mapping =
          Memory.kept(
              () ->
                  torch.from_file(
                      path.toString(),
                      new BoolOptional(false),
                      new LongOptional(fileSize),
                      new TensorOptions(torch.ScalarType.Byte)));
    }
    return mapping;
  }

  /** Drops this object's hold on the mapping; tensors that were handed out stay valid. */
  @Override
  public void close() {
    lifetime.close(this::unmap);
  }

  private synchronized void unmap() {
    if (mapping != null) {
      mapping.close();
      mapping = null;
    }
  }
}
