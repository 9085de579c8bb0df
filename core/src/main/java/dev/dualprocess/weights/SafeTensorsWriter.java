package dev.dualprocess.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * Writes safetensors files: header padded with blanks to 8 bytes, tensors contiguous in the given
 * order.
 */
public final class SafeTensorsWriter {
  private static final long WINDOW = 1L << 30;

  private SafeTensorsWriter() {}

  /**
   * Writes {@code tensors} under a temporary name and renames it to {@code path}: whoever reads it
   * sees the old file or the whole new one.
   *
   * @param metadata text pairs for the header, may be empty
   * @throws IOException if the file cannot be written; an existing one is then as it was
   */
  public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    AtomicFile.write(path, content(tensors, metadata));
  }

  /** The same as what an {@link AtomicFile} is filled with. */
  public static AtomicFile.Content content(
      Map<String, Tensor> tensors, Map<String, String> metadata) {
    return path -> writeTo(path, tensors, metadata);
  }

  private static void writeTo(Path path, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      writeFully(channel, header(tensors, metadata));
      for (Tensor tensor : tensors.values()) {
        Torch.plainly(() -> written(channel, tensor));
      }
      channel.force(true);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static ByteBuffer header(Map<String, Tensor> tensors, Map<String, String> metadata) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode pairs = json.putObject("__metadata__");
      metadata.forEach(pairs::put);
    }
    long offset = 0;
    for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
      Tensor tensor = named.getValue();
      Dtype dtype = Dtype.of(tensor);
      ObjectNode entry = json.putObject(named.getKey());
      entry.put("dtype", dtype.safetensorsName());
      Arrays.stream(tensor.shape()).forEach(entry.withArray("shape")::add);
      long end = offset + tensor.numel() * dtype.bytes();
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8;
    ByteBuffer buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(padded).put(text);
    while (buffer.hasRemaining()) {
      buffer.put((byte) ' ');
    }
    return buffer.flip();
  }

  private static Tensor written(FileChannel channel, Tensor tensor) {
    Memory.withoutGrad(() -> writeData(channel, tensor));
    return tensor;
  }

  private static void writeData(FileChannel channel, Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      Tensor host = tensor.to(new Device("cpu"), tensor.scalar_type()).contiguous();
      long bytes = host.numel() * host.element_size();
      for (long at = 0; at < bytes; at += WINDOW) {
        long end = Math.min(bytes, at + WINDOW);
        writeFully(
            channel, new BytePointer(host.data_ptr()).position(at).limit(end).asByteBuffer());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
