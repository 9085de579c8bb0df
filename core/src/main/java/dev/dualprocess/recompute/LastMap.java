package dev.dualprocess.recompute;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A map that a block may end in, y = A(u) + ΔA(u): A is frozen, ΔA may learn. What it carries back
 * does not depend on y, so {@link Blocks#last} can leave it out where a block is run again.
 */
public interface LastMap {
  /** y = A(u) + ΔA(u). */
  Tensor forward(Tensor u);

  /** The shape of y. */
  long[] shape(Tensor u);

  /** A'(u)ᵀ dy, of u's shape, without recording. */
  Tensor backward(Tensor u, Tensor dy);

  /** ΔA(u), of y's shape and with its graph; null where there is none. */
  default @Nullable Tensor change(Tensor u) {
    return null;
  }
}
