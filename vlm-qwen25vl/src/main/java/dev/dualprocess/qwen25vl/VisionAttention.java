package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention of patches to the patches of their segment.
 *
 * <p>N patches, H heads, D width, d = D / H; a segment of W windows of L patches is computed as a
 * batch of W.
 */
record VisionAttention(Linear qkv, Linear proj, long heads) {
  static VisionAttention load(Weights weights, VisionConfig config) {
    long dim = config.hiddenSize();
    return new VisionAttention(
        Linear.load(weights.in("qkv"), dim, 3 * dim),
        Linear.load(weights.in("proj"), dim, dim),
        config.numHeads());
  }

  /** x [N, D] to the same shape. */
  Tensor forward(Tensor x, List<Segment> segments, RotaryEmbedding rope) {
    Tensor all = qkv.forward(x).view(x.size(0), 3, heads, -1); // [N, 3, H, d]
    Tensor qk = rope.apply(all.narrow(1, 0, 2));
    Tensor q = qk.select(1, 0); // [N, H, d]
    Tensor k = qk.select(1, 1);
    Tensor v = all.select(1, 2);
    Tensor[] parts = new Tensor[segments.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = within(segments.get(i), q, k, v);
    }
    return proj.forward(parts.length == 1 ? parts[0] : Ops.cat(0, parts));
  }

  private static Tensor within(Segment segment, Tensor q, Tensor k, Tensor v) {
    double scale = 1 / Math.sqrt((double) q.size(-1));
    Tensor y =
        Ops.attention(windows(q, segment), windows(k, segment), windows(v, segment), null, scale);
    return y.transpose(1, 2).reshape(segment.patches(), -1); // [W L, D]
  }

  /** [N, H, d] to [W, H, L, d]. */
  private static Tensor windows(Tensor x, Segment s) {
    return x.narrow(0, s.start(), s.patches()).unflatten(0, s.count(), s.length()).transpose(1, 2);
  }
}
