package dev.dualprocess.flux;

import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * Queries, keys and values by head: B batch, L tokens, H heads, Dh width of a head.
 *
 * @param q [B, Lq, H, Dh], of the last Lq tokens
 * @param k [B, L, H, Dh]
 * @param v [B, L, H, Dh]
 */
record Heads(Tensor q, Tensor k, Tensor v) {
  /** These tokens, then those. */
  Heads then(Heads next) {
    return new Heads(Ops.cat(1, q, next.q), Ops.cat(1, k, next.k), Ops.cat(1, v, next.v));
  }

  /** softmax(q kᵀ / √Dh) v with turned q and k, heads joined: [B, Lq, D]. */
  Tensor attend(Rope rope) {
    double scale = 1 / Math.sqrt((double) q.size(3));
    Tensor queries = rope.last(q.size(1)).apply(q).transpose(1, 2);
    Tensor keys = rope.apply(k).transpose(1, 2);
    return Ops.attention(queries, keys, v.transpose(1, 2), null, scale)
        .transpose(1, 2)
        .flatten(2, 3);
  }
}
