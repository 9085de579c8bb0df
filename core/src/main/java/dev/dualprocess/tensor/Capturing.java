package dev.dualprocess.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * Whether this thread's work is being captured to be replayed later. A replay runs on the memory
 * that was used then and asks the host nothing, so while this is so, whoever owns a tensor for some
 * time only, as caches do, has it held, and nothing moves between host and device.
 */
public final class Capturing {
  private static final ThreadLocal<TensorOwner> HELD = new ThreadLocal<>();

  private Capturing() {}

  /** Runs {@code work}, which is being captured; what it holds, {@code held} owns. */
  public static void run(TensorOwner held, Runnable work) {
    HELD.set(held);
    try {
      work.run();
    } finally {
      HELD.remove();
    }
  }

  /**
   * Keeps the memory of {@code tensor}, which the work in progress uses and others own, as long as
   * what is captured. Costs nothing where nothing is.
   *
   * @return the same tensor
   */
  public static Tensor hold(Tensor tensor) {
    TensorOwner held = HELD.get();
    if (held != null) {
      held.own(tensor);
    }
    return tensor;
  }

  /**
   * @throws IllegalStateException if this thread's work is being captured
   */
  static void refuse(String what) {
    if (HELD.get() != null) {
      throw new IllegalStateException(what + " cannot be captured");
    }
  }
}
