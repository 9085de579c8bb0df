package dev.dualprocess.nn;

import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Attention with grouped queries (arXiv 2305.13245): H query heads share Hkv key and value heads. L
 * tokens, D width, d width of a head; dimensions before these are batches.
 *
 * @param qProj D to H d
 * @param kProj D to Hkv d
 * @param vProj D to Hkv d
 * @param oProj H d to D
 * @param qNorm of each query head, or nothing
 * @param kNorm of each key head, or nothing
 * @param heads H
 * @param kvHeads Hkv, a divisor of H
 */
public record GroupedQueryAttention(
    Linear qProj,
    Linear kProj,
    Linear vProj,
    Linear oProj,
    Layer qNorm,
    Layer kNorm,
    long heads,
    long kvHeads) {
  private static final Layer NO_NORM = x -> x;

  /** Attention that takes queries and keys as the maps give them. */
  public GroupedQueryAttention(
      Linear qProj, Linear kProj, Linear vProj, Linear oProj, long heads, long kvHeads) {
    this(qProj, kProj, vProj, oProj, NO_NORM, NO_NORM, heads, kvHeads);
  }

  /** Reads the four maps; {@code o_proj} has no bias, the others may. */
  public static GroupedQueryAttention load(
      Weights weights, long dim, long heads, long kvHeads, long headDim, boolean qkvBias) {
    return new GroupedQueryAttention(
        linear(weights.in("q_proj"), dim, heads * headDim, qkvBias),
        linear(weights.in("k_proj"), dim, kvHeads * headDim, qkvBias),
        linear(weights.in("v_proj"), dim, kvHeads * headDim, qkvBias),
        Linear.loadWithoutBias(weights.in("o_proj"), heads * headDim, dim),
        heads,
        kvHeads);
  }

  /** The same maps with {@code q_norm} and {@code k_norm}, which stand before the rotation. */
  public GroupedQueryAttention withNorms(Weights weights, long headDim, double eps) {
    return new GroupedQueryAttention(
        qProj,
        kProj,
        vProj,
        oProj,
        RmsNorm.load(weights.in("q_norm"), headDim, eps),
        RmsNorm.load(weights.in("k_norm"), headDim, eps),
        heads,
        kvHeads);
  }

  private static Linear linear(Weights weights, long in, long out, boolean bias) {
    return bias ? Linear.load(weights, in, out) : Linear.loadWithoutBias(weights, in, out);
  }

  /**
   * Attention where each token sees itself and what stands before it: x [..., L, D] to the same
   * shape.
   *
   * @param rope of these tokens
   * @param past what stands before x, or null if nothing does and nothing will follow
   */
  public Tensor causal(Tensor x, RotaryEmbedding rope, @Nullable Past past) {
    Tensor q = rope.apply(queries(x)); // [..., H, L, d]
    Tensor k = rope.apply(keys(x)); // [..., Hkv, L, d]
    Tensor v = split(vProj.forward(x), kvHeads);
    KeysValues own = new KeysValues(k, v);
    KeysValues all = past == null ? own : past.followedBy(own);
    // Without a mask, the last token alone may see all there is.
    return oProj.forward(attend(q, all.keys(), all.values(), x.size(-2) > 1));
  }

  /** Attention where every token of x sees all of {@code seen}: [L, D] and [Lk, D] to [L, D]. */
  public Tensor cross(Tensor x, Tensor seen) {
    Tensor v = split(vProj.forward(seen), kvHeads);
    return oProj.forward(attend(queries(x), keys(seen), v, false));
  }

  private Tensor queries(Tensor x) {
    return qNorm.forward(split(qProj.forward(x), heads));
  }

  private Tensor keys(Tensor x) {
    return kNorm.forward(split(kProj.forward(x), kvHeads));
  }

  /** q [..., H, L, d], k and v [..., Hkv, Lk, d] to [..., L, H d]. */
  private Tensor attend(Tensor q, Tensor k, Tensor v, boolean causal) {
    double scale = 1 / Math.sqrt((double) q.size(-1));
    Tensor queries = asBatch(q);
    Tensor keys = perQueryHead(asBatch(k));
    Tensor values = perQueryHead(asBatch(v));
    Tensor y =
        causal
            ? causalAtTheEnd(queries, keys, values, scale)
            : Ops.attention(queries, keys, values, null, scale);
    Tensor joined = y.transpose(1, 2).flatten(2, 3); // [B, L, H d]
    return q.dim() == 3 ? joined.squeeze(0) : joined;
  }

  /**
   * The queries are the last tokens, and there may be more keys than those of their own. The fused
   * kernels count from the first query and the first key, so rows of zeros stand in for the queries
   * before; a mask in their place would lead to slower kernels.
   */
  private static Tensor causalAtTheEnd(Tensor q, Tensor k, Tensor v, double scale) {
    long before = k.size(2) - q.size(2);
    if (before == 0) {
      return Ops.causalAttention(q, k, v, scale);
    }
    Tensor zeros = q.new_zeros(q.size(0), q.size(1), before, q.size(3));
    return Ops.causalAttention(Ops.cat(2, zeros, q), k, v, scale).narrow(2, before, q.size(2));
  }

  /** [..., L, heads d] to [..., heads, L, d]. */
  private static Tensor split(Tensor x, long heads) {
    return x.unflatten(-1, heads, -1).transpose(-3, -2);
  }

  private static Tensor asBatch(Tensor x) {
    return x.dim() == 3 ? x.unsqueeze(0) : x;
  }

  /** [B, Hkv, L, d] to [B, H, L, d]: every key head repeated for its group of query heads. */
  private Tensor perQueryHead(Tensor x) {
    return x.unsqueeze(2)
        .expand(x.size(0), kvHeads, heads / kvHeads, x.size(2), x.size(3))
        .reshape(x.size(0), heads, x.size(2), x.size(3));
  }
}
