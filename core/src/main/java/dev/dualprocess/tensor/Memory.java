package dev.dualprocess.tensor;

import java.util.Arrays;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Scope discipline for native tensors. Every method acts on the calling thread only, as {@link
 * PointerScope} does. Whatever computes goes through here, so this is also where the {@link
 * Natives} are loaded first.
 */
public final class Memory {
  private Memory() {}

  /**
   * Runs {@code body} in a scope of its own: its temporaries are freed, its result belongs to the
   * caller's scope, or to the caller where there is none.
   *
   * @return a fresh handle on the result; closing it never harms a tensor that {@code body}
   *     returned
   */
  public static Tensor scoped(Supplier<Tensor> body) {
    return scopedAll(() -> new Tensor[] {body.get()})[0];
  }

  /** {@link #scoped} for several results. */
  public static Tensor[] scopedAll(Supplier<Tensor[]> body) {
    Natives.load();
    PointerScope caller = PointerScope.getInnerScope();
    try (PointerScope scope = new PointerScope()) {
      Tensor[] results = Arrays.stream(body.get()).map(Tensor::new).toArray(Tensor[]::new);
      for (Tensor result : results) {
        if (caller == null) {
          result.retainReference();
        } else {
          caller.attach(result);
        }
        scope.detach(result);
      }
      return results;
    }
  }

  /**
   * Like {@link #scoped}, but the result outlives every enclosing scope: the caller owns it and
   * closes it.
   */
  public static Tensor kept(Supplier<Tensor> body) {
    Natives.load();
    try (PointerScope scope = new PointerScope()) {
      return keep(new Tensor(body.get()));
    }
  }

  /**
   * Runs {@code body} in a scope of its own and returns its result, which holds no native memory.
   */
  public static <T> T freeing(Supplier<T> body) {
    Natives.load();
    try (PointerScope scope = new PointerScope()) {
      return body.get();
    }
  }

  /**
   * Gives the host's memory that is free, but kept by the C library for the next to ask, back to
   * the system.
   */
  public static void trim() {
    Pointer.trimMemory();
  }

  /** Makes {@code tensor} outlive every enclosing scope; the caller closes it. */
  public static Tensor keep(Tensor tensor) {
    return tensor.retainReference();
  }

  /** {@link #scoped} without recording operations for backward. */
  public static Tensor noGrad(Supplier<Tensor> body) {
    return scoped(
        () -> {
          try (NoGradGuard guard = new NoGradGuard()) {
            return body.get();
          }
        });
  }

  /** Runs {@code body} in a scope of its own without recording operations for backward. */
  public static void withoutGrad(Runnable body) {
    Natives.load();
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      body.run();
    }
  }

  /** Runs {@code body} in the caller's scope without recording operations for backward. */
  public static <T> T withoutRecording(Supplier<T> body) {
    Natives.load();
    try (NoGradGuard guard = new NoGradGuard()) {
      return body.get();
    }
  }

  /** Runs {@code body} with recording switched on, whatever the caller's mode is. */
  public static <T> T withGrad(Supplier<T> body) {
    Natives.load();
    try (AutoGradMode on = new AutoGradMode(true)) {
      return body.get();
    }
  }
}
