package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Memory;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * How a model runs its blocks: each in a scope of its own, and each a piece that the {@link Tape}
 * of the pass, if there is one, may compute again.
 *
 * <p>A block is a function of its arguments and of weights. Every tensor that was made in the pass
 * has to be an argument, not a captured variable: the tape keeps arguments alive until backward.
 */
public final class Blocks {
  private Blocks() {}

  /** y = block(x), in the caller's scope. */
  public static Tensor run(UnaryOperator<Tensor> block, Tensor x) {
    return runAll(in -> new Tensor[] {block.apply(in[0])}, x)[0];
  }

  /** The same for a block of several tensors. */
  public static Tensor[] runAll(UnaryOperator<Tensor[]> block, Tensor... inputs) {
    Tape tape = Tape.active();
    return tape == null ? Memory.scopedAll(() -> block.apply(inputs)) : tape.run(block, inputs);
  }
}
