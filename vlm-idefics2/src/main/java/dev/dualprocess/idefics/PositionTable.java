package dev.dualprocess.idefics;

import dev.dualprocess.nn.Embedding;
import dev.dualprocess.tensor.CachedTensors;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Positions of patches in an image of any size (NaViT, arXiv 2307.06304): a patch's place as a
 * fraction of the image's side falls into one of n buckets, and the table has a vector for each of
 * the n x n pairs. The positions of the last grid are kept, because a distillation shows one size
 * over and over.
 */
public final class PositionTable implements AutoCloseable {
  private final Embedding table; // [n n, D]
  private final int side; // n
  private int rows;
  private int columns;
  private @Nullable Tensor kept; // of that grid, or null

  private PositionTable(Embedding table, int side) {
    this.table = table;
    this.side = side;
  }

  /** Reads the table's vectors. */
  public static PositionTable load(Weights weights, VisionConfig config) {
    int side = config.positionsPerSide();
    return new PositionTable(
        Embedding.load(weights, (long) side * side, config.hiddenSize()), side);
  }

  /**
   * The bucket of each of {@code patches} places along a side, in fp32 as the original: a fraction
   * right at a boundary may fall on either side of it by rounding, and the weights know no other
   * way. (There it also depends on the width of the processor's vectors; this is what is computed
   * without any.)
   */
  public static int[] buckets(int patches, int side) {
    float fraction = 1f / patches;
    double step = 1.0 / side;
    int[] buckets = new int[patches];
    int bucket = 0;
    for (int i = 0; i < patches; i++) {
      while (bucket < side - 1 && (float) (step + step * bucket) <= i * fraction) {
        bucket++;
      }
      buckets[i] = bucket;
    }
    return buckets;
  }

  /** The positions of a grid in row-major order, [rows columns, D]; owned by this table. */
  public Tensor of(int newRows, int newColumns) {
    if (kept == null || newRows != rows || newColumns != columns) {
      close();
      long[] ids = ids(newRows, newColumns);
      kept = Memory.kept(() -> Memory.noGrad(() -> table.forward(Ops.longs(ids, ids.length))));
      rows = newRows;
      columns = newColumns;
    }
    return kept;
  }

  /** The places in the table of a grid's positions, in row-major order. */
  public long[] ids(int newRows, int newColumns) {
    int[] down = buckets(newRows, side);
    int[] across = buckets(newColumns, side);
    long[] ids = new long[newRows * newColumns];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (long) down[i / newColumns] * side + across[i % newColumns];
    }
    return ids;
  }

  /** Frees what is kept; the weights belong to whoever loaded them. */
  @Override
  public void close() {
    if (kept != null) {
      CachedTensors.freed();
      kept.close();
      kept = null;
    }
  }
}
