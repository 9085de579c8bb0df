package dev.dualprocess.profile;

import dev.dualprocess.tensor.Flops;
import dev.dualprocess.tensor.PeakMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Measures the steps of a run on this thread, whose parts tell of themselves. Time and operations
 * count for the innermost part. Used by one thread.
 */
public final class Profiler {
  private static final ThreadLocal<Profiler> MEASURING = new ThreadLocal<>();

  private final PeakMemory memory;
  private final Clock clock;
  private final Map<Part, Double> seconds = new EnumMap<>(Part.class);
  private final Map<Part, Long> peaks = new EnumMap<>(Part.class);
  private final Map<Part, Long> flops = new EnumMap<>(Part.class);
  private final Deque<Part> open = new ArrayDeque<>(); // empty outside measure
  private double since;

  /** Measures memory with {@code memory} and time by {@code clock}. */
  public Profiler(PeakMemory memory, Clock clock) {
    this.memory = memory;
    this.clock = clock;
  }

  /** Runs one step; {@link #profile} tells of it in place of what was measured before. */
  public <T> T measure(Supplier<T> step) {
    seconds.clear();
    peaks.clear();
    flops.clear();
    memory.reset();
    since = clock.seconds();
    open.push(Part.REST);
    MEASURING.set(this);
    try {
      return Flops.counting(new Counter(), step);
    } finally {
      MEASURING.remove();
      leave();
    }
  }

  /** What was measured last. */
  public Profile profile() {
    return new Profile(seconds, peaks, flops);
  }

  /** Runs {@code body}, a part of a step, which is measured if somebody measures the step. */
  public static <T> T part(Part part, Supplier<T> body) {
    Profiler measuring = MEASURING.get();
    return measuring == null ? body.get() : measuring.measured(part, body);
  }

  /** {@link #part(Part, Supplier)} for what returns nothing. */
  public static void during(Part part, Runnable body) {
    part(
        part,
        () -> {
          body.run();
          return true;
        });
  }

  private <T> T measured(Part part, Supplier<T> body) {
    charge();
    open.push(part);
    try {
      return body.get();
    } finally {
      leave();
    }
  }

  private void leave() {
    charge();
    open.pop();
  }

  /** Closes the stretch of the part that was running. */
  private void charge() {
    memory.awaitDevices();
    Part running = open.peek();
    seconds.merge(running, clock.seconds() - since, Double::sum);
    peaks.merge(running, memory.bytes(), Math::max);
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
      Part doing = open.peek() == Part.CRITIQUE ? Part.CRITIQUE : Part.BACKWARD;
      flops.merge(doing, operations, Long::sum);
    }
  }
}
