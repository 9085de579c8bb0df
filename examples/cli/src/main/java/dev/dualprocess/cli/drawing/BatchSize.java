package dev.dualprocess.cli.drawing;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.models.MemoryNeed;
import dev.dualprocess.tensor.FreeMemory;
import dev.dualprocess.tensor.Placement;

/**
 * How many pictures go through a generator together where nobody says. On the CPU one: there a
 * batch is hardly faster, and the last bits of a picture depend on its size.
 */
public final class BatchSize {
  private static final int MOST = 8;
  private static final double SHARE = 0.5; // of what is free
  private static final long DECODING = 1024; // values a pixel: four maps of 256 channels

  private BatchSize() {}

  /**
   * As many as fit.
   *
   * @param need of drawing one picture
   * @param where the generator is, with its weights there already
   */
  public static int fitting(MemoryNeed need, ImageSize size, Placement where) {
    return where.device().startsWith("cuda") ? of(need, size, where, FreeMemory.bytes(where)) : 1;
  }

  /** As many as fit where that many bytes are free. */
  static int of(MemoryNeed need, ImageSize size, Placement where, long free) {
    long passes =
        need.items().stream()
            .filter(item -> item.during() == MemoryNeed.During.RUN)
            .filter(item -> item.device().equals(where.device()))
            .mapToLong(MemoryNeed.Item::bytes)
            .sum();
    long decoding = DECODING * size.height() * size.width() * where.dtype().bytes();
    long fitting = (long) (SHARE * free) / Math.max(1, Math.max(passes, decoding));
    return (int) Math.max(1, Math.min(MOST, fitting));
  }
}
