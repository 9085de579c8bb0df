package dev.dualprocess.weights;

import dev.dualprocess.tensor.Dtype;
import java.util.List;

/**
 * What a safetensors header says of one tensor: its type, shape and place in the file.
 *
 * @param name key
 * @param dtype element type
 * @param shape sizes, outermost first; empty for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end one past the last byte
 */
public record TensorEntry(String name, Dtype dtype, List<Long> shape, long begin, long end) {
  /** Checks that shape, dtype and byte range agree. */
  public TensorEntry {
    shape = List.copyOf(shape);
    long bytes = dtype.bytes();
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("tensor '" + name + "' has the negative size " + size);
      }
      bytes = Math.multiplyExact(bytes, size);
    }
    if (begin < 0 || end < begin || end - begin != bytes) {
      throw new IllegalArgumentException(
          "tensor '%s' of %s %s takes %d bytes, but the header gives it %d to %d"
              .formatted(name, dtype.safetensorsName(), shape, bytes, begin, end));
    }
  }

  /** The shape as libtorch takes it. */
  public long[] sizes() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
