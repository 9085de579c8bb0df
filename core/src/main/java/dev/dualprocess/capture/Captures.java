package dev.dualprocess.capture;

import dev.dualprocess.Draft;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes that come again and again, each captured when it comes a second time and replayed from
 * then on. The first {@value #MOST} kinds of passes are captured; others, and all of them where
 * nothing can be captured, are run as they are. If a capture fails, that is logged once and nothing
 * is captured any more.
 *
 * <p>A replay repeats what the device did, so a pass must be work of the device alone, and its key
 * must say all that it depends on but the tensor it is given: shapes, other tensors, numbers, which
 * LoRA is attached. Used by one thread; passes of one {@code Captures} are not nested, and a draft
 * is closed before the next pass.
 */
public final class Captures implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Captures.class);
  private static final int MOST = 32;
  private static final int MOST_SEEN = 4096;

  private final Map<Object, AutoCloseable> captured = new HashMap<>();
  private final Set<Object> seen = new HashSet<>();
  private Recorder recorder; // null where nothing is captured

  /** Captures with that recorder, which it owns; without any, if it is null. */
  public Captures(Recorder recorder) {
    this.recorder = recorder;
  }

  /** For passes on that device: captures if {@link Torch#setCudaGraphs} says so and it can. */
  public static Captures on(Placement placement) {
    boolean wanted = Torch.cudaGraphs() && placement.device().startsWith("cuda");
    return wanted ? new Captures(new CudaRecorder(placement)) : none();
  }

  /** Runs every pass as it is. */
  public static Captures none() {
    return new Captures(null);
  }

  /**
   * {@code pass} of {@code x}.
   *
   * @param key all that the results depend on but {@code x}, with equality by value
   * @return its results, detached, in the caller's scope
   */
  public Tensor[] run(Object key, Tensor x, Function<Tensor, Tensor[]> pass) {
    CapturedPass known =
        captured(key, CapturedPass.class, () -> new CapturedPass(recorder, x, pass));
    return known == null ? pass.apply(x) : known.run(x);
  }

  /**
   * The draft that {@code pass} makes at {@code zt}, whose backward reaches the attached LoRA but
   * not {@code zt}.
   *
   * @param key all that the draft depends on but {@code zt}, with equality by value
   */
  public Draft draft(Object key, Tensor zt, Function<Tensor, Draft> pass) {
    CapturedDraft known =
        captured(key, CapturedDraft.class, () -> new CapturedDraft(recorder, zt, pass));
    return known == null ? pass.apply(zt) : known.at(zt);
  }

  /** What was captured under that key, maybe now; null if the pass is to be run as it is. */
  private <T extends AutoCloseable> T captured(Object key, Class<T> kind, Supplier<T> capture) {
    if (recorder == null) {
      return null;
    }
    AutoCloseable known = captured.get(key);
    if (known == null && seenBefore(key) && captured.size() < MOST) {
      try {
        known = capture.get();
        captured.put(key, known);
      } catch (RuntimeException e) {
        LOG.warn("going on without CUDA graphs: {}", Torch.message(e));
        close();
      }
    }
    return kind.cast(known);
  }

  private boolean seenBefore(Object key) {
    if (seen.size() == MOST_SEEN) {
      seen.clear();
    }
    return !seen.add(key);
  }

  /** How many kinds of passes are replayed. */
  public int size() {
    return captured.size();
  }

  /** Forgets all captures; passes are run as they are from then on. */
  @Override
  public void close() {
    captured.values().forEach(Captures::free);
    captured.clear();
    if (recorder != null) {
      recorder.close();
      recorder = null;
    }
  }

  private static void free(AutoCloseable entry) {
    try {
      entry.close();
    } catch (Exception e) {
      throw new IllegalStateException(e); // neither kind declares any
    }
  }
}
