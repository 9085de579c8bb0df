package dev.dualprocess.flux;

import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * Queries, keys and values by head: B batch, H heads, L tokens, Dh width of a head.
 *
 * @param q [B, H, Lq, Dh], of the last Lq tokens
 * @param k [B, H, L, Dh]
 * @param v [B, H, L, Dh]
 */
record Heads(Tensor q, Tensor k, Tensor v) {
  /** These tokens, then those. */
  Heads then(Heads next) {
    return new Heads(Ops.cat(2, q, next.q), Ops.cat(2, k, next.k), Ops.cat(2, v, next.v));
  }

  /** softmax(q kᵀ / √Dh) v with turned q and k, heads joined: [B, Lq, D]. */
  Tensor attend(Rope rope) {
    double scale = 1 / Math.sqrt((double) q.size(3));
    return Ops.attention(rope.last(q.size(2)).apply(q), rope.apply(k), v, null, scale)
        .transpose(1, 2)
        .flatten(2, 3);
  }
}
