package dev.dualprocess.idefics;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/** Attention of every patch to every patch. N patches, H heads, D width, d = D / H. */
record VisionAttention(Linear qProj, Linear kProj, Linear vProj, Linear outProj, long heads)
    implements Layer {
  static VisionAttention load(Weights weights, VisionConfig config) {
    long dim = config.hiddenSize();
    return new VisionAttention(
        Linear.load(weights.in("q_proj"), dim, dim),
        Linear.load(weights.in("k_proj"), dim, dim),
        Linear.load(weights.in("v_proj"), dim, dim),
        Linear.load(weights.in("out_proj"), dim, dim),
        config.numAttentionHeads());
  }

  /** x [N, D] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor q = split(qProj.forward(x));
    Tensor k = split(kProj.forward(x));
    Tensor v = split(vProj.forward(x));
    double scale = 1 / Math.sqrt((double) q.size(-1));
    Tensor y = Ops.attention(q, k, v, null, scale); // [1, H, N, d]
    return outProj.forward(y.squeeze(0).transpose(0, 1).reshape(x.size(0), -1));
  }

  /** [N, D] to [1, H, N, d]. */
  private Tensor split(Tensor x) {
    return x.view(x.size(0), heads, -1).transpose(0, 1).unsqueeze(0);
  }
}
