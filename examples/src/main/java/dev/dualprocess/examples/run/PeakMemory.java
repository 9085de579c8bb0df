package dev.dualprocess.examples.run;

import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.Pointer;

/**
 * The most memory this process has resident while some work goes on, by looking every few
 * milliseconds; on any system that JavaCPP knows. Memory of a GPU is not part of it.
 */
public final class PeakMemory implements AutoCloseable {
  private static final long MILLISECONDS = 5;

  private final AtomicLong most = new AtomicLong();
  private final Thread watcher;
  private volatile boolean watching = true;

  /** Starts looking, after the garbage of earlier work was collected. */
  public PeakMemory() {
    System.gc();
    look();
    watcher = new Thread(this::watch, "peak-memory");
    watcher.setDaemon(true);
    watcher.start();
  }

  private void watch() {
    while (watching) {
      look();
      try {
        Thread.sleep(MILLISECONDS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void look() {
    most.accumulateAndGet(Pointer.physicalBytes(), Math::max);
  }

  /** The most bytes so far. */
  public long bytes() {
    look();
    return most.get();
  }

  @Override
  public void close() {
    watching = false;
    watcher.interrupt();
  }
}
