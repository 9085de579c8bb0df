package dev.dualprocess.distill;

import dev.dualprocess.tensor.Memory;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * What a run had learnt when it was last found good, which is when a later step's loss and gradient
 * were finite: parameters and both moments of every step at first, then of every tenth. They are
 * copied to the host, where there is more room, while the device goes on.
 */
final class LastGood implements AutoCloseable {
  private static final int EVERY = 10;

  private final Tensor theta; // not owned
  private final Adam adam; // not owned
  private Tensor @Nullable [] copies; // θ, m, v
  private int steps;

  /** Of parameters and their optimizer, which stay their owner's. */
  LastGood(Tensor theta, Adam adam) {
    this.theta = theta;
    this.adam = adam;
  }

  private Tensor[] originals() {
    return new Tensor[] {theta, adam.firstMoment(), adam.secondMoment()};
  }

  /** What is learnt now, after so many steps, is good. */
  void good(int now) {
    if (now >= EVERY && now % EVERY != 0) {
      return;
    }
    Tensor[] originals = originals();
    if (copies == null) {
      copies = new Tensor[originals.length];
      for (int i = 0; i < copies.length; i++) {
        copies[i] = onHost(originals[i]);
      }
    }
    for (int i = 0; i < copies.length; i++) {
      copies[i].copy_(originals[i], true);
    }
    steps = now;
  }

  private static Tensor onHost(Tensor like) {
    return Memory.kept(
        () -> {
          Tensor host = torch.empty(like.shape(), new TensorOptions(like.scalar_type()), null);
          return like.is_cuda() ? host.pin_memory() : host;
        });
  }

  /**
   * Brings it back, with no gradient left.
   *
   * @return after how many steps that was; empty if nothing was found good yet
   */
  OptionalInt restore() {
    Tensor[] kept = copies;
    if (kept == null) {
      return OptionalInt.empty();
    }
    Memory.withoutGrad(() -> theta.copy_(kept[0]));
    adam.restore(kept[1], kept[2], steps);
    adam.discardGradient();
    return OptionalInt.of(steps);
  }

  @Override
  public void close() {
    if (copies != null) {
      for (Tensor copy : copies) {
        copy.close();
      }
      copies = null;
    }
  }
}
