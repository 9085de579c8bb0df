package dev.dualprocess.profile;

import dev.dualprocess.tensor.Flops;
import dev.dualprocess.tensor.PeakMemory;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Measures the parts of the steps that run inside {@link #measure} on this thread. Time and
 * operations count for the innermost part. Elsewhere, {@link #part} costs nothing.
 */
public final class Profile {
  private static final ThreadLocal<Profile> ACTIVE = new ThreadLocal<>();
  private static final double NANO = 1e-9;

  private final PeakMemory memory;
  private final Clock clock;
  private final Map<Part, Double> seconds = new EnumMap<>(Part.class);
  private final Map<Part, Long> peaks = new EnumMap<>(Part.class);
  private final Map<Part, Long> flops = new EnumMap<>(Part.class);
  private final Deque<Part> open = new ArrayDeque<>();
  private double since;

  /** What seconds are. */
  public enum Clock {
    /** Of the clock on the wall. */
    WALL,
    /**
     * Of the processor, spent by this thread: on a machine that others use too, what a step with
     * one thread of computation would take without them.
     */
    THREAD;

    /** Seconds since some moment. */
    public double seconds() {
      long nanos =
          this == WALL
              ? System.nanoTime()
              : ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      return nanos * NANO;
    }
  }

  /** Measures memory with {@code memory} and time by {@code clock}. */
  public Profile(PeakMemory memory, Clock clock) {
    this.memory = memory;
    this.clock = clock;
  }

  /** Runs {@code body}, which is part of a step. */
  public static <T> T part(Part part, Supplier<T> body) {
    Profile profile = ACTIVE.get();
    if (profile == null) {
      return body.get();
    }
    profile.enter(part);
    try {
      return body.get();
    } finally {
      profile.leave();
    }
  }

  /** The same without a result. */
  public static void part(Part part, Runnable body) {
    part(
        part,
        () -> {
          body.run();
          return null;
        });
  }

  /** Runs {@code body} without measuring, since nothing may wait for the device in it. */
  public static void pausing(Runnable body) {
    Profile before = ACTIVE.get();
    ACTIVE.remove();
    try {
      body.run();
    } finally {
      if (before != null) {
        ACTIVE.set(before);
      }
    }
  }

  /** Runs {@code step} and measures its parts. */
  public <T> T measure(Supplier<T> step) {
    ACTIVE.set(this);
    memory.reset();
    since = clock.seconds();
    try {
      return Flops.counting(new Counter(), () -> part(Part.REST, step));
    } finally {
      ACTIVE.remove();
    }
  }

  private void enter(Part part) {
    charge();
    open.push(part);
  }

  private void leave() {
    charge();
    open.pop();
  }

  /** Closes the stretch of the part that was running. */
  private void charge() {
    memory.awaitDevices();
    double now = clock.seconds();
    if (!open.isEmpty()) {
      seconds.merge(open.peek(), now - since, Double::sum);
      peaks.merge(open.peek(), memory.bytes(), Math::max);
    }
    memory.reset();
    since = clock.seconds();
  }

  /** Counts for the running part, and backward for the part that will do it. */
  private final class Counter implements Flops.Counter {
    @Override
    public void forward(long operations) {
      flops.merge(open.peek(), operations, Long::sum);
    }

    @Override
    public void backward(long operations) {
      boolean verifier = open.peek() == Part.VERIFY || open.peek() == Part.VERIFY_BACKWARD;
      flops.merge(verifier ? Part.VERIFY_BACKWARD : Part.DRAFT_BACKWARD, operations, Long::sum);
    }
  }

  /** Seconds of each part. */
  public Map<Part, Double> seconds() {
    return Map.copyOf(seconds);
  }

  /** The most memory in use in each part, in bytes: everything, not only what the part took. */
  public Map<Part, Long> peakBytes() {
    return Map.copyOf(peaks);
  }

  /** Floating-point operations of each part; a multiplication and an addition are two. */
  public Map<Part, Long> flops() {
    return Map.copyOf(flops);
  }
}
