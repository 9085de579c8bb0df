package dev.dualprocess.recompute;

import org.bytedeco.pytorch.Tensor;

/**
 * What a block ends in, y = A(u) + ΔA(u): A is frozen, ΔA may learn.
 *
 * <p>Backward through a linear map needs no value of u or y, and through an activation none of y. A
 * block that is computed again can therefore stop at u, which leaves out the last product of each.
 */
public interface Ending {
  /** y = u. */
  Ending NONE =
      new Ending() {
        @Override
        public Tensor forward(Tensor u) {
          return u;
        }

        @Override
        public Tensor backward(Tensor u, Tensor dy) {
          return dy;
        }
      };

  /**
   * y. Where nothing is recorded, u is the ending's to write over, and y is the caller's, unless it
   * is u.
   */
  Tensor forward(Tensor u);

  /** A'(u)ᵀ dy, of u's shape; the caller may write over it, except where it is dy itself. */
  Tensor backward(Tensor u, Tensor dy);

  /** ΔA(u), of y's shape and with its graph where there is recording; null where there is none. */
  default Tensor change(Tensor u) {
    return null;
  }
}
