package dev.dualprocess.distill;

import dev.dualprocess.tensor.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.OptionalInt;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run had learnt when it was last found good, which is when a later step's loss and gradient
 * were finite: parameters and both moments of every step at first, then of every tenth. Those of a
 * GPU are copied to the host, where there is more room, while the device goes on; large ones of the
 * host itself go to a file, for there they would take three times the LoRA's own room.
 */
final class LastGood implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LastGood.class);
  private static final int EVERY = 10;
  private static final long LARGE = 64L << 20;

  private final Tensor theta; // not owned
  private final Adam adam; // not owned
  private final long large;
  private @Nullable KeptCopies copies; // of θ, m, v
  private int steps;

  /** Of parameters and their optimizer, which stay their owner's. */
  LastGood(Tensor theta, Adam adam) {
    this(theta, adam, LARGE);
  }

  /** Where copies of that many bytes are large. */
  LastGood(Tensor theta, Adam adam, long large) {
    this.theta = theta;
    this.adam = adam;
    this.large = large;
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
    try {
      if (copies == null) {
        copies = room(originals);
      }
      copies.keep(originals);
    } catch (IOException e) {
      LOG.warn("what is learnt is kept in memory, since it cannot be written: {}", e.getMessage());
      inMemory(originals);
    }
    steps = now;
  }

  private KeptCopies room(Tensor[] originals) throws IOException {
    long bytes = originals.length * theta.nbytes();
    return theta.is_cuda() || bytes < large ? new CopiesOnHost(originals) : new CopiesInFile();
  }

  private void inMemory(Tensor[] originals) {
    close();
    CopiesOnHost host = new CopiesOnHost(originals);
    host.keep(originals);
    copies = host;
  }

  /**
   * Brings it back, with no gradient left.
   *
   * @return after how many steps that was; empty if nothing was found good yet
   */
  OptionalInt restore() {
    KeptCopies kept = copies;
    if (kept == null) {
      return OptionalInt.empty();
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor[] last = kept.last();
      Memory.withoutGrad(() -> theta.copy_(last[0]));
      adam.restore(last[1], last[2], steps);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    adam.discardGradient();
    return OptionalInt.of(steps);
  }

  @Override
  public void close() {
    if (copies != null) {
      copies.close();
      copies = null;
    }
  }
}
