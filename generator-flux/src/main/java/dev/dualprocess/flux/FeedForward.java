package dev.dualprocess.flux;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * y = down(gelu(up x)), four times as wide inside.
 *
 * @param up net.0.proj, [D] to [4 D]
 * @param down net.2, [4 D] to [D]
 */
record FeedForward(Linear up, Linear down) {
  static final int RATIO = 4;

  static FeedForward load(Linears linears, Weights weights, long dim) {
    Weights net = weights.in("net");
    return new FeedForward(
        linears.load(net.in(0).in("proj"), dim, RATIO * dim),
        linears.load(net.in(2), RATIO * dim, dim));
  }

  /** What {@code down} reads, for a block that ends in that: x [B, L, D] to [B, L, 4 D]. */
  Tensor inner(Tensor x) {
    return Ops.geluTanh(up.forward(x));
  }
}
