package dev.dualprocess.recompute;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** What is done with the blocks that a pass comes to. */
interface Pass {
  /** The outputs of a block, in the caller's scope. */
  Tensor[] run(UnaryOperator<Tensor[]> block, Tensor[] inputs);

  /** Tensors of other sizes follow; see {@link Tape#border}. */
  default void border() {}

  /** What a block goes on with in place of {@code map}'s value; see {@link Blocks#last}. */
  default Tensor last(LastMap map, Tensor u) {
    return map.forward(u);
  }
}
