package dev.dualprocess.tensor;

import java.util.function.Supplier;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Counts the operations of matrix products, convolutions and attention from their shapes, as they
 * are called, for whoever wants to know. What backward will take is counted with the forward pass
 * that it belongs to; what recompute repeats is not counted again.
 */
public final class Flops {
  private static final ThreadLocal<Counter> ACTIVE = new ThreadLocal<>();

  /** Is told of operations; a multiplication and an addition are two. */
  public interface Counter {
    /** Operations that are done now. */
    void forward(long operations);

    /** Operations that the backward of what is done now will take. */
    void backward(long operations);
  }

  private Flops() {}

  /** Runs {@code body}, whose operations on this thread {@code counter} is told of. */
  public static <T> T counting(@Nullable Counter counter, Supplier<T> body) {
    Counter before = ACTIVE.get();
    ACTIVE.set(counter);
    try {
      return body.get();
    } finally {
      ACTIVE.set(before);
    }
  }

  /** Runs a pass a second time: its forward operations were counted before. */
  public static <T> T repeating(Supplier<T> pass) {
    Counter counter = ACTIVE.get();
    return counting(counter == null ? null : new Repeating(counter), () -> Memory.withGrad(pass));
  }

  /** Tells of backward operations alone. */
  private record Repeating(Counter counter) implements Counter {
    @Override
    public void forward(long operations) {}

    @Override
    public void backward(long operations) {
      counter.backward(operations);
    }
  }

  /** Operations that were counted once, and are done again as a whole. */
  static void tell(long forward, long backward) {
    Counter counter = ACTIVE.get();
    if (counter != null) {
      counter.forward(forward);
      counter.backward(backward);
    }
  }

  /** x W: {@code outputs} values, each of a sum over {@code inner}. */
  public static void product(Tensor x, Tensor weight, long outputs, long inner) {
    Counter counter = ACTIVE.get();
    if (counter != null) {
      long once = 2 * outputs * inner;
      counter.forward(once);
      backward(counter, x.requires_grad() ? once : 0);
      backward(counter, weight.requires_grad() ? once : 0);
    }
  }

  /** A product that carries a gradient back by itself, of so many multiplications. */
  static void transposed(long multiplications) {
    Counter counter = ACTIVE.get();
    if (counter != null) {
      counter.backward(2 * multiplications);
    }
  }

  /** softmax(q kᵀ) v of [B, H, Lq, D] and [B, H, Lk, D]; masked scores count too. */
  public static void attention(Tensor q, Tensor k) {
    Counter counter = ACTIVE.get();
    if (counter != null) {
      long once = 4 * q.numel() * k.size(-2);
      counter.forward(once);
      backward(counter, q.requires_grad() || k.requires_grad() ? 2 * once : 0);
    }
  }

  private static void backward(Counter counter, long operations) {
    if (operations > 0 && GradMode.is_enabled()) {
      counter.backward(operations);
    }
  }
}
