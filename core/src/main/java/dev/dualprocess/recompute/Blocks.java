package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Memory;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How a model runs its blocks: each in a scope of its own, and, where a {@link Tape} records the
 * model's pass, each a piece that may be computed again in backward. A model and its networks share
 * one; networks that nobody recomputes have a plain one of their own.
 *
 * <p>A block is a function of its arguments and of weights. Every tensor that was made in the pass
 * has to be an argument, not a captured variable: the tape keeps arguments alive until backward.
 *
 * <p>Any number of threads may run blocks without gradient. A model's passes with gradient are one
 * thread's at a time; a second waits while a tape records or goes backward, so that nobody else's
 * blocks get onto it.
 */
@SuppressWarnings("overloads") // a block of one tensor never gets an array
public final class Blocks {
  private @Nullable Pass pass; // guarded by this; null where blocks are just run

  /** Blocks that are just run. */
  public Blocks() {}

  /** y = block(x), in the caller's scope. */
  public Tensor run(UnaryOperator<Tensor> block, Tensor x) {
    return runAll(in -> new Tensor[] {block.apply(in[0])}, x)[0];
  }

  /** y = block(x₁, x₂, ...), in the caller's scope. */
  public Tensor run(Function<Tensor[], Tensor> block, Tensor... inputs) {
    return runAll(in -> new Tensor[] {block.apply(in)}, inputs)[0];
  }

  /** (y₁, y₂, ...) = block(x₁, x₂, ...), in the caller's scope. */
  public Tensor[] runAll(UnaryOperator<Tensor[]> block, Tensor... inputs) {
    Pass now = pass();
    return now == null ? Memory.scopedAll(() -> block.apply(inputs)) : now.run(block, inputs);
  }

  /**
   * y = map(u), inside a block that does nothing with y but add it to something, perhaps times
   * {@code factors}, and returns the sum. Backward then needs no value of y unless a factor wants a
   * gradient: when the block is run again, y is NaN, and the block's largest product is not done.
   */
  public Tensor last(LastMap map, Tensor u, Tensor... factors) {
    Pass now = pass();
    return now == null || Arrays.stream(factors).anyMatch(Tensor::requires_grad)
        ? map.forward(u)
        : now.last(map, u);
  }

  /** Between blocks whose tensors differ much in size: {@link Tape#border} of the pass, if any. */
  public void border() {
    Pass now = pass();
    if (now != null) {
      now.border();
    }
  }

  private @Nullable Pass pass() {
    return GradMode.is_enabled() && Thread.holdsLock(this) ? pass : null;
  }

  /** Runs {@code body}, whose blocks are {@code within}'s; null for just running them. */
  synchronized <T> T during(@Nullable Pass within, Supplier<T> body) {
    Pass before = pass;
    pass = within;
    try {
      return body.get();
    } finally {
      pass = before;
    }
  }
}
