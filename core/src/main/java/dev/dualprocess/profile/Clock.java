package dev.dualprocess.profile;

import java.lang.management.ManagementFactory;

/** Which clock counts the seconds of a {@link Profile}. */
public enum Clock {
  /** The clock on the wall. */
  WALL,
  /**
   * The processor's time of this thread: on a machine that others use too, what a step with one
   * thread of computation would take without them.
   */
  THREAD;

  private static final double NANO = 1e-9;

  /** Seconds since some moment. */
  public double seconds() {
    long nanos =
        this == WALL
            ? System.nanoTime()
            : ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    return nanos * NANO;
  }
}
