package dev.dualprocess.tensor;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes that are computed over and over with other numbers. On a CUDA device, what a pass asks the
 * device for is recorded when it comes for the second time, and from then on started as a whole (a
 * CUDA graph): thousands of kernels that were a call each become one call. Elsewhere, and where a
 * pass cannot be recorded, it is computed as ever. The numbers are the same.
 *
 * <p>A pass that may be recorded is a function of its inputs, of tensors that stay where they are
 * ({@link CachedTensors} says of which do not) and of nothing else: what it decides by anything but
 * its key, it decides once and for all. It reads no number of the device and copies none to it.
 *
 * <p>A recording keeps the memory that its pass works in. Without {@value #VARIABLE}=off in the
 * environment, up to {@value #MOST} passes are recorded while a quarter of the device is free.
 *
 * <p>Used by one thread at a time, and one pass at a time.
 */
public final class GraphedPasses implements AutoCloseable {
  /** The environment's variable that switches recording off, with the value {@code off}. */
  public static final String VARIABLE = "DUALPROCESS_CUDA_GRAPHS";

  static final int MOST = 16;

  private static final Logger LOG = LoggerFactory.getLogger(GraphedPasses.class);
  private static final String PROPERTY = "dualprocess.cuda.graphs";
  private static final int MOST_KEYS = 4096;
  private static final ThreadLocal<Boolean> RECORDING = ThreadLocal.withInitial(() -> false);
  private static final int MOST_ATTEMPTS = 3; // for one key
  private static final int PATIENCE = 256; // passes until one that is not asked for makes room

  private final Supplier<Recorder> newRecorder;
  private final boolean records;
  private final Map<Object, Seen> seen = new HashMap<>();
  private final Lifetime lifetime = new Lifetime("these passes");
  private @Nullable Recorder recorder; // made when it is needed first
  private int recorded;
  private long passes;

  /** One pass and its backward. */
  public interface Pass extends AutoCloseable {
    /**
     * y = f(x), once.
     *
     * @return valid until this is closed, or the next pass of the same {@link GraphedPasses} begins
     */
    Tensor[] forward(Tensor... x);

    /** Whether there will be a {@link #backward}; if not, this must not be called. */
    default boolean goesBack() {
      return false;
    }

    /** Carries the gradient in y₁ back, once. */
    default void backward(Tensor dy) {
      throw new IllegalStateException("this pass has no backward");
    }

    @Override
    void close();
  }

  /** What is known of a key. */
  private static final class Seen {
    private int attempts;
    private long last; // the pass that asked for it last
    private @Nullable RecordedPass recorded;
  }

  GraphedPasses(boolean records, Supplier<Recorder> newRecorder) {
    this.records = records;
    this.newRecorder = newRecorder;
  }

  /** Passes on that device, none of them known yet. */
  public static GraphedPasses on(Placement placement) {
    return new GraphedPasses(
        placement.device().startsWith("cuda") && wanted(), () -> new CudaRecorder(placement));
  }

  /** Passes that are computed as ever. */
  public static GraphedPasses none() {
    return new GraphedPasses(
        false,
        () -> {
          throw new IllegalStateException("nothing is recorded here");
        });
  }

  private static boolean wanted() {
    return Stream.of(System.getProperty(PROPERTY), System.getenv(VARIABLE))
        .noneMatch("off"::equals);
  }

  /**
   * For what is done anew in every pass, so that it cannot be part of a recording: fails while this
   * thread records, and so the pass is computed as ever.
   *
   * @param what begins the sentence: {@code weights that are fetched from the host}
   */
  public static void requireNotRecording(String what) {
    if (RECORDING.get()) {
      throw new IllegalStateException(what + " cannot be recorded");
    }
  }

  /** Whether this thread records. */
  static void recording(boolean now) {
    RECORDING.set(now);
  }

  /**
   * The next pass of that key, which the caller runs and closes before it asks for another.
   *
   * @param key all that the pass depends on beside its inputs, their shapes included, with equality
   *     by value
   * @param fresh makes the pass; what it computes until closing belongs to it
   */
  public Pass next(Object key, Supplier<Pass> fresh) {
    lifetime.requireOpen();
    if (!records) {
      return fresh.get();
    }
    Seen known = seen.get(key);
    if (known == null) {
      if (seen.size() < MOST_KEYS) {
        seen.put(key, new Seen());
      }
      return fresh.get();
    }
    known.last = ++passes;
    return new Replayed(known, fresh);
  }

  /** Runs a pass that has no backward; the results are the caller's, in its scope. */
  public Tensor[] run(Object key, Supplier<Pass> fresh, Tensor... x) {
    return Memory.scopedAll(
        () -> {
          try (Pass pass = next(key, fresh)) {
            return Arrays.stream(pass.forward(x)).map(Tensor::clone).toArray(Tensor[]::new);
          }
        });
  }

  /** How many passes are recorded. */
  int recorded() {
    return recorded;
  }

  /** The recording of that key, made now if there is none that holds; null if there can be none. */
  private @Nullable RecordedPass recording(Seen known, Supplier<Pass> fresh, Tensor[] x) {
    if (known.recorded != null && known.recorded.isStale()) {
      forget(known);
    }
    if (known.recorded == null && known.attempts < MOST_ATTEMPTS && makesRoom()) {
      known.attempts++;
      record(known, fresh, x);
    }
    return known.recorded;
  }

  /** Whether there may be one recording more, now that the one longest unused was looked at. */
  private boolean makesRoom() {
    if (recorded == MOST) {
      seen.values().stream()
          .filter(each -> each.recorded != null && passes - each.last > PATIENCE)
          .min(Comparator.comparingLong(each -> each.last))
          .ifPresent(this::forget);
    }
    return recorded < MOST;
  }

  private void record(Seen known, Supplier<Pass> fresh, Tensor[] x) {
    if (recorder == null) {
      recorder = newRecorder.get();
    }
    if (!recorder.hasRoom()) {
      LOG.debug("no pass is recorded: less than a quarter of the device is free");
      return;
    }
    try {
      known.recorded = new RecordedPass(recorder, fresh, x);
      recorded++;
    } catch (RuntimeException e) {
      known.attempts = MOST_ATTEMPTS;
      LOG.debug("a pass is not recorded: {}", Torch.message(e));
    }
  }

  private void forget(Seen known) {
    if (known.recorded != null) {
      known.recorded.close();
      known.recorded = null;
      recorded--;
    }
  }

  /** Frees all recordings. */
  @Override
  public void close() {
    lifetime.close(
        () -> {
          seen.values().forEach(this::forget);
          seen.clear();
          if (recorder != null) {
            recorder.close();
          }
        });
  }

  /** A pass that is started as a whole, or computed as ever where that cannot be. */
  private final class Replayed implements Pass {
    private final Seen known;
    private final Supplier<Pass> fresh;
    private @Nullable RecordedPass recording;
    private @Nullable Pass computed;

    Replayed(Seen known, Supplier<Pass> fresh) {
      this.known = known;
      this.fresh = fresh;
    }

    @Override
    public Tensor[] forward(Tensor... x) {
      recording = recording(known, fresh, x);
      if (recording != null) {
        return recording.forward(x);
      }
      computed = fresh.get();
      return computed.forward(x);
    }

    @Override
    public boolean goesBack() {
      return recording != null ? recording.goesBack() : computed != null && computed.goesBack();
    }

    @Override
    public void backward(Tensor dy) {
      if (recording != null) {
        recording.backward(dy);
      } else if (computed != null) {
        computed.backward(dy);
      }
    }

    @Override
    public void close() {
      if (computed != null) {
        computed.close();
      }
    }
  }
}
