package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * What a pass of a model leaves behind for its backward; {@link Recomputation#tape} makes it.
 *
 * <p>Without recompute that is libtorch's graph of the whole pass. With it, the graph is cut at the
 * borders of the {@link Blocks}: a block is run without recording, its input is kept and its output
 * is a leaf that collects a gradient. Backward then goes from block to block, last to first: it
 * runs one again with recording, all but its {@link LastMap}, hands it the gradient its output has
 * collected, and lets go of both. No two blocks' activations exist at a time. What stands between
 * blocks is recorded as usual.
 *
 * <p>Used by one thread; holds native memory until closed.
 */
public final class Tape implements AutoCloseable {
  private final Blocks blocks;
  private boolean recomputes;
  private final boolean parametersLearn;
  private final @Nullable LongPredicate
      decision; // by the bytes of all blocks' inputs; null if made
  private final Deque<Piece> pieces = new ArrayDeque<>(); // last first
  private final Lifetime lifetime = new Lifetime("this tape");
  private long inputBytes;

  private final Pass recording =
      new Pass() {
        @Override
        public Tensor[] run(UnaryOperator<Tensor[]> block, Tensor[] inputs) {
          return Tape.this.run(block, inputs);
        }

        @Override
        public void border() {
          Tape.this.border();
        }
      };

  /** A tape of a pass whose blocks are computed again, or are not. */
  Tape(Blocks blocks, boolean recomputes, boolean parametersLearn) {
    this.blocks = blocks;
    this.recomputes = recomputes;
    this.parametersLearn = parametersLearn;
    this.decision = null;
  }

  /**
   * A tape that decides for itself: the pass is run once more before, with recompute, to learn the
   * bytes of all blocks' inputs.
   */
  Tape(Blocks blocks, LongPredicate decision, boolean parametersLearn) {
    this.blocks = blocks;
    this.recomputes = true;
    this.parametersLearn = parametersLearn;
    this.decision = decision;
  }

  /**
   * Runs a pass with recording, its blocks on this tape. The pass may be run twice: it must not
   * change anything but its results, which belong to the caller's scope.
   */
  public <T> T record(Supplier<T> pass) {
    lifetime.requireOpen();
    if (decision != null) {
      // Both ways are right to rounding, but a run must go one way from its first step on: only so
      // do its numbers stay the same when it is resumed.
      Memory.freeing(
          () -> {
            recorded(pass);
            return null;
          });
      forget();
      recomputes = decision.test(inputBytes);
    }
    trim();
    return recorded(pass);
  }

  private <T> T recorded(Supplier<T> pass) {
    return blocks.during(recording, () -> Memory.withGrad(pass));
  }

  /**
   * Between two parts of a pass whose tensors differ in size: the second cannot use the gaps that
   * the first has left, so where memory is short, they are given back to the system. Backward does
   * so at the same border.
   */
  public void border() {
    trim();
    if (recomputes) {
      pieces.push(Piece.BORDER);
    }
  }

  private void trim() {
    if (recomputes) {
      Memory.trim();
    }
  }

  /** Whether blocks are computed again. */
  boolean recomputes() {
    return recomputes;
  }

  private Tensor[] run(UnaryOperator<Tensor[]> block, Tensor[] inputs) {
    inputBytes += Arrays.stream(inputs).mapToLong(x -> x.numel() * x.element_size()).sum();
    boolean tracked = parametersLearn || Arrays.stream(inputs).anyMatch(Tensor::requires_grad);
    if (!recomputes || !tracked) {
      return Memory.scopedAll(() -> block.apply(inputs));
    }
    Tensor[] leaves = leaves(inputs);
    Tensor[] outputs =
        Memory.scopedAll(
            () -> {
              Tensor[] values = Memory.withoutRecording(() -> block.apply(leaves));
              return Arrays.stream(values).map(Ops::leaf).toArray(Tensor[]::new);
            });
    pieces.push(new Repeated(blocks, block, leaves, outputs));
    return outputs;
  }

  /** The inputs as leaves; what led to those that are none becomes a piece of its own. */
  private Tensor[] leaves(Tensor[] inputs) {
    Tensor[] leaves = new Tensor[inputs.length];
    Between between = new Between();
    for (int i = 0; i < inputs.length; i++) {
      Tensor x = inputs[i];
      boolean inner = x.requires_grad() && !x.__dispatch_is_leaf();
      leaves[i] = inner ? between.cut(x) : Memory.freeing(() -> Memory.keep(new Tensor(x)));
    }
    if (!between.isEmpty()) {
      pieces.push(between);
    }
    return leaves;
  }

  /**
   * Runs backward from {@code y} with the gradient {@code dy} into every leaf of the pass and every
   * weight that wants a gradient. Once per tape.
   *
   * @param dy of y's shape; null for a scalar y, whose gradient is then 1
   */
  public void backward(Tensor y, @Nullable Tensor dy) {
    try (PointerScope scope = new PointerScope()) {
      backwardFrom(new Tensor[] {y}, new Tensor[] {dy == null ? torch.ones_like(y) : dy});
    }
  }

  /** {@link #backward(Tensor, Tensor)} from several results at once, each with its gradient. */
  public void backwardFrom(Tensor[] y, Tensor[] dy) {
    lifetime.requireOpen();
    trim();
    try (PointerScope scope = new PointerScope()) {
      // Pieces between blocks may share a part, so their graphs are not freed on the way.
      torch.backward(
          new TensorVector(y),
          new TensorVector(dy),
          new BoolOptional(recomputes),
          false,
          new TensorVector());
    }
    while (!pieces.isEmpty()) {
      try (Piece piece = pieces.pop()) {
        piece.backward();
      }
    }
  }

  /** Frees what backward would have needed. */
  @Override
  public void close() {
    lifetime.close(this::forget);
  }

  private void forget() {
    pieces.forEach(Piece::close);
    pieces.clear();
  }
}
