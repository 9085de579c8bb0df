package dev.dualprocess.flux;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/** Queries, keys and values of one stream of tokens; queries and keys are normed by head. */
record AttentionStream(
    Linear toQ, Linear toK, Linear toV, RmsNorm normQ, RmsNorm normK, long headDim) {
  private static final double EPS = 1e-6;

  /** Of the image tokens in a double-stream block, of all tokens in a single-stream block. */
  static AttentionStream load(Linears linears, Weights attn, FluxTransformerConfig config) {
    return load(linears, attn, config, "to_q", "to_k", "to_v", "norm_q", "norm_k");
  }

  /** Of the text tokens in a double-stream block. */
  static AttentionStream loadAdded(Linears linears, Weights attn, FluxTransformerConfig config) {
    return load(
        linears,
        attn,
        config,
        "add_q_proj",
        "add_k_proj",
        "add_v_proj",
        "norm_added_q",
        "norm_added_k");
  }

  private static AttentionStream load(
      Linears linears,
      Weights attn,
      FluxTransformerConfig config,
      String q,
      String k,
      String v,
      String normQ,
      String normK) {
    long dim = config.innerDim();
    long headDim = config.attentionHeadDim();
    return new AttentionStream(
        linears.load(attn.in(q), dim, dim),
        linears.load(attn.in(k), dim, dim),
        linears.load(attn.in(v), dim, dim),
        RmsNorm.load(attn.in(normQ), headDim, EPS),
        RmsNorm.load(attn.in(normK), headDim, EPS),
        headDim);
  }

  /** x [B, L, D] to its heads. */
  Heads forward(Tensor x) {
    return forward(x, x);
  }

  /** The heads of {@code asking} [B, Lq, D], which look at x [B, L, D]. */
  Heads forward(Tensor asking, Tensor x) {
    return new Heads(
        normQ.forward(split(toQ.forward(asking))),
        normK.forward(split(toK.forward(x))),
        split(toV.forward(x)));
  }

  private Tensor split(Tensor x) { // [B, L, D] -> [B, L, H, Dh]
    return x.unflatten(-1, -1, headDim);
  }
}
