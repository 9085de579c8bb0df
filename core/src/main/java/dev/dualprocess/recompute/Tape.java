package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * What a pass of a model leaves behind for its backward.
 *
 * <p>Without recompute that is libtorch's graph of the whole pass. With it, the graph is cut at the
 * borders of the {@link Blocks}: a block is run without recording, its input is kept and its output
 * is a leaf that collects a gradient. Backward then goes from block to block, last to first: it
 * runs one again with recording, hands it the gradient its output has collected, and lets go of
 * both; of a block that has an {@link Ending}, all but that. No two blocks' activations exist at a
 * time. What stands between blocks is recorded as usual.
 *
 * <p>Used by one thread; holds native memory until closed.
 */
public final class Tape implements AutoCloseable {
  private static final ThreadLocal<Tape> ACTIVE = new ThreadLocal<>();

  private boolean recomputes;
  private final boolean parametersLearn;
  private final LongPredicate decision; // by the bytes of all blocks' inputs; null if made
  private final Deque<Piece> pieces = new ArrayDeque<>(); // last first
  private long inputBytes;

  /** A piece of the pass that backward goes through as a whole. */
  private interface Piece extends AutoCloseable {
    void backward();

    @Override
    void close();
  }

  /**
   * A tape.
   *
   * @param recomputes whether blocks are computed again
   * @param parametersLearn whether a block may hold weights that a gradient is wanted for; if not,
   *     blocks whose inputs need no gradient are not kept
   */
  public Tape(boolean recomputes, boolean parametersLearn) {
    this.recomputes = recomputes;
    this.parametersLearn = parametersLearn;
    this.decision = null;
  }

  /**
   * A tape that decides for itself: the pass is run once more before, with recompute, to learn the
   * bytes of all blocks' inputs.
   */
  Tape(LongPredicate decision, boolean parametersLearn) {
    this.recomputes = true;
    this.parametersLearn = parametersLearn;
    this.decision = decision;
  }

  /** The tape of the pass this thread is in, or null where nothing is recorded. */
  static Tape active() {
    return GradMode.is_enabled() ? ACTIVE.get() : null;
  }

  /**
   * Runs a pass with recording, its blocks on this tape. The pass may be run twice: it must not
   * change anything but its results, which belong to the caller's scope.
   */
  public <T> T record(Supplier<T> pass) {
    if (decision != null) {
      // Both ways are right to rounding, but a run must go one way from its first step on: only so
      // do its numbers stay the same when it is resumed.
      Memory.freeing(
          () -> {
            with(this, () -> Memory.withGrad(pass));
            return null;
          });
      close();
      recomputes = decision.test(inputBytes);
    }
    trim();
    return with(this, () -> Memory.withGrad(pass));
  }

  /**
   * Between two parts of a pass whose tensors differ in size: the second cannot use the gaps that
   * the first has left, so where memory is short, they are given back to the system. Backward does
   * so at the same border.
   */
  public void border() {
    trim();
    if (recomputes) {
      pieces.push(new Border());
    }
  }

  private void trim() {
    if (recomputes) {
      Memory.trim();
    }
  }

  private static <T> T with(Tape tape, Supplier<T> body) {
    Tape before = ACTIVE.get();
    ACTIVE.set(tape);
    try {
      return body.get();
    } finally {
      ACTIVE.set(before);
    }
  }

  /** Whether blocks are computed again. */
  public boolean recomputes() {
    return recomputes;
  }

  /** One block of the pass, its results in the caller's scope. */
  Tensor[] run(Block block, Tensor[] inputs) {
    inputBytes += Arrays.stream(inputs).mapToLong(x -> x.numel() * x.element_size()).sum();
    boolean tracked = parametersLearn || Arrays.stream(inputs).anyMatch(Tensor::requires_grad);
    if (!recomputes || !tracked) {
      return Memory.scopedAll(() -> block.forward(inputs));
    }
    Tensor[] leaves = leaves(inputs);
    Tensor[] outputs =
        Memory.scopedAll(
            () -> {
              Tensor[] values = Memory.withoutRecording(() -> block.forward(leaves));
              return Arrays.stream(values).map(Ops::leaf).toArray(Tensor[]::new);
            });
    pieces.push(new Repeated(block, leaves, kept(outputs)));
    return outputs;
  }

  /** The inputs as leaves; what led to those that are none becomes a piece of its own. */
  private Tensor[] leaves(Tensor[] inputs) {
    Tensor[] leaves = new Tensor[inputs.length];
    Between between = new Between();
    for (int i = 0; i < inputs.length; i++) {
      Tensor x = inputs[i];
      boolean inner = x.requires_grad() && !x.__dispatch_is_leaf();
      leaves[i] = Memory.freeing(() -> Memory.keep(inner ? Ops.leaf(x) : new Tensor(x)));
      if (inner) {
        between.add(x, leaves[i]);
      }
    }
    if (!between.isEmpty()) {
      pieces.push(between);
    }
    return leaves;
  }

  private static Tensor[] kept(Tensor[] tensors) {
    return Memory.freeing(
        () -> Arrays.stream(tensors).map(t -> Memory.keep(new Tensor(t))).toArray(Tensor[]::new));
  }

  /**
   * Runs backward from {@code y} with the gradient {@code dy} into every leaf of the pass and every
   * weight that wants a gradient. Once per tape.
   *
   * @param dy of y's shape; null for a scalar y, whose gradient is then 1
   */
  public void backward(Tensor y, Tensor dy) {
    trim();
    with(
        null,
        () -> {
          try (PointerScope scope = new PointerScope()) {
            // Pieces between blocks may share a part, so their graphs are not freed on the way.
            y.backward(
                dy == null ? torch.ones_like(y) : dy,
                new BoolOptional(recomputes),
                false,
                new TensorArrayRefOptional());
          }
          while (!pieces.isEmpty()) {
            try (Piece piece = pieces.pop()) {
              piece.backward();
            }
          }
          return null;
        });
  }

  /** Frees what backward would have needed. */
  @Override
  public void close() {
    pieces.forEach(Piece::close);
    pieces.clear();
  }

  /** Where backward goes on with tensors of other sizes. */
  private static final class Border implements Piece {
    @Override
    public void backward() {
      Memory.trim();
    }

    @Override
    public void close() {}
  }

  /** A block, its inputs and its outputs; owns the tensors. */
  private static final class Repeated implements Piece {
    private final Block block;
    private final Tensor[] inputs;
    private final Tensor[] outputs;

    Repeated(Block block, Tensor[] inputs, Tensor[] outputs) {
      this.block = block;
      this.inputs = inputs;
      this.outputs = outputs;
    }

    @Override
    public void backward() {
      try (PointerScope scope = new PointerScope()) {
        block.backward(inputs, Block.collected(outputs));
      }
    }

    @Override
    public void close() {
      Arrays.stream(inputs).forEach(Tensor::close);
      Arrays.stream(outputs).forEach(Tensor::close);
    }
  }

  /** What was computed between two blocks: its graph's ends, and the leaves cut from them. */
  private static final class Between implements Piece {
    private final Deque<Tensor> ends = new ArrayDeque<>();
    private final Deque<Tensor> leaves = new ArrayDeque<>();

    void add(Tensor end, Tensor leaf) {
      ends.add(Memory.freeing(() -> Memory.keep(new Tensor(end))));
      leaves.add(Memory.freeing(() -> Memory.keep(new Tensor(leaf))));
    }

    boolean isEmpty() {
      return ends.isEmpty();
    }

    @Override
    public void backward() {
      try (PointerScope scope = new PointerScope()) {
        Gradients gradients = new Gradients();
        Iterator<Tensor> collected = leaves.iterator();
        ends.forEach(end -> gradients.add(end, collected.next().grad()));
        gradients.backward(true);
      }
    }

    @Override
    public void close() {
      ends.forEach(Tensor::close);
      leaves.forEach(Tensor::close);
    }
  }
}
