package dev.dualprocess.tensor;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts how often a cache let go of tensors that passes read. What was {@linkplain GraphedPasses
 * recorded} before may read where they lay, and is recorded anew. Thread-safe.
 *
 * <p>Whatever keeps tensors from one pass to the next, and frees them while the model is open, says
 * so here.
 */
public final class CachedTensors {
  private static final AtomicLong FREED = new AtomicLong();

  private CachedTensors() {}

  /** A cache has freed tensors, or is about to. */
  public static void freed() {
    FREED.incrementAndGet();
  }

  /** How often that happened so far. */
  static long timesFreed() {
    return FREED.get();
  }
}
