package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.Pointer;

/**
 * Asserts that repeating some work leaves nothing behind: no native object, and no resident memory.
 * What allocators and the JVM hold goes up and down, but what is lost is lost in every round, so
 * the round that grew least tells.
 */
public final class FlatMemory {
  private static final int ROUNDS = 5;
  private static final long LEAST_GROWTH = 2L << 20;

  private FlatMemory() {}

  /** Runs {@code round} once to warm up and then {@value #ROUNDS} times. */
  public static void assertFlat(Runnable round) {
    round.run();
    long objects = Pointer.totalCount();
    long before = settled();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      round.run();
      long now = Pointer.totalCount();
      assertTrue(now <= objects, objects + " native objects became " + now);
      long after = settled();
      least = Math.min(least, after - before);
      before = after;
    }
    assertTrue(least < LEAST_GROWTH, "every round kept at least " + least + " bytes");
  }

  /** Bytes in memory without the Java heap's own garbage. */
  private static long settled() {
    System.gc();
    return Pointer.physicalBytes();
  }
}
