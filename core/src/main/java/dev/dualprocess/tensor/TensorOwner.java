package dev.dualprocess.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Owns long-lived tensors, such as the weights of one model, and frees them all at once.
 *
 * <p>Not thread-safe while tensors are being added; closing twice is harmless.
 */
public final class TensorOwner implements AutoCloseable {
  private final List<Tensor> owned = new ArrayList<>();
  private final List<Runnable> first = new ArrayList<>();
  private final Lifetime lifetime = new Lifetime("this owner of tensors");

  /** Owns nothing yet. */
  public TensorOwner() {}

  /**
   * Takes ownership of {@code tensor}.
   *
   * @return a handle that outlives every scope of the calling thread, until {@link #close}
   */
  public Tensor own(Tensor tensor) {
    lifetime.requireOpen();
    Tensor kept = Memory.keep(new Tensor(tensor));
    owned.add(kept);
    return kept;
  }

  /** Has {@code freeing} run before the tensors are freed. */
  public void atEnd(Runnable freeing) {
    lifetime.requireOpen();
    first.add(freeing);
  }

  /** Bytes of all owned tensors, counting shared storage as often as it is owned. */
  public long bytes() {
    return owned.stream().mapToLong(t -> t.numel() * t.element_size()).sum();
  }

  /** Frees every owned tensor. */
  @Override
  public void close() {
    lifetime.close(
        () -> {
          first.forEach(Runnable::run);
          owned.forEach(Tensor::close);
          owned.clear();
        });
  }
}
