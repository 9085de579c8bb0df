package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Memory;

/** A piece of a recorded pass that backward goes through as a whole; may own native memory. */
interface Piece extends AutoCloseable {
  /** Where backward goes on with tensors of other sizes. */
  Piece BORDER = Memory::trim;

  /** Carries the gradients that its outputs have collected to its inputs. */
  void backward();

  @Override
  default void close() {}
}
