package dev.dualprocess.weights;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Where the values of a tensor lie in a checkpoint: in a stored one, whole or in some of its rows.
 *
 * @param entry the stored tensor [rows, ...]
 * @param rows the parts, one after the other; none for the whole
 */
public record StoredSlice(TensorEntry entry, List<Rows> rows) {
  /**
   * Rows of a stored tensor.
   *
   * @param from the first
   * @param count how many
   */
  public record Rows(long from, long count) {}

  /** Checks that the rows are there. */
  public StoredSlice {
    rows = List.copyOf(rows);
    for (Rows part : rows) {
      if (entry.shape().isEmpty()
          || part.from() < 0
          || part.count() < 0
          || part.from() > entry.shape().get(0) - part.count()) {
        throw new IllegalArgumentException(
            "tensor '%s' of %s has no %d rows from %d"
                .formatted(entry.name(), entry.shape(), part.count(), part.from()));
      }
    }
  }

  /** A stored tensor as it is. */
  public static StoredSlice whole(TensorEntry entry) {
    return new StoredSlice(entry, List.of());
  }

  /** Some rows of a stored tensor. */
  public static StoredSlice rows(TensorEntry entry, long from, long count) {
    return new StoredSlice(entry, List.of(new Rows(from, count)));
  }

  /** The sizes, outermost first. */
  public List<Long> shape() {
    if (rows.isEmpty()) {
      return entry.shape();
    }
    List<Long> shape = new ArrayList<>(entry.shape());
    shape.set(0, rows.stream().mapToLong(Rows::count).sum());
    return shape;
  }

  /** These rows of a tensor that has as many as the stored one: a view where they are together. */
  Tensor of(Tensor whole) {
    if (rows.isEmpty()) {
      return whole;
    }
    Tensor[] parts =
        rows.stream().map(r -> whole.narrow(0, r.from(), r.count())).toArray(Tensor[]::new);
    return parts.length == 1 ? parts[0] : torch.cat(new TensorVector(parts), 0);
  }
}
