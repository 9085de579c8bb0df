package dev.dualprocess.qwen;

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
 *
 * @param qkv D to 3 D
 * @param proj D to D
 * @param heads H
 */
public record VisionAttention(Linear qkv, Linear proj, long heads) {
  /** Reads both maps with their biases. */
  public static VisionAttention load(Weights weights, long dim, long heads) {
    return new VisionAttention(
        Linear.load(weights.in("qkv"), dim, 3 * dim),
        Linear.load(weights.in("proj"), dim, dim),
        heads);
  }

  /** x [N, D] to the same shape. */
  public Tensor forward(Tensor x, List<Segment> segments, RotaryEmbedding rope) {
    Tensor all = qkv.forward(x).view(x.size(0), 3, heads, -1); // [N, 3, H, d]
    Tensor[] qkAndV = Ops.split(all, 1, 2, 1);
    Tensor[] qk = Ops.chunk(rope.apply(qkAndV[0]), 2, 1);
    Tensor[] q = windows(qk[0], segments);
    Tensor[] k = windows(qk[1], segments);
    Tensor[] v = windows(qkAndV[1], segments);
    double scale = 1 / Math.sqrt((double) all.size(3));
    Tensor[] parts = new Tensor[segments.size()];
    for (int i = 0; i < parts.length; i++) {
      Tensor y = Ops.attention(q[i], k[i], v[i], null, scale);
      parts[i] = y.transpose(1, 2).reshape(segments.get(i).patches(), -1); // [W L, D]
    }
    return proj.forward(parts.length == 1 ? parts[0] : Ops.cat(0, parts));
  }

  /** [N, 1, H, d] to [W, H, L, d] for each segment. */
  private static Tensor[] windows(Tensor x, List<Segment> segments) {
    long[] patches = segments.stream().mapToLong(Segment::patches).toArray();
    Tensor[] parts = Ops.split(x.squeeze(1), 0, patches);
    for (int i = 0; i < parts.length; i++) {
      Segment s = segments.get(i);
      parts[i] = parts[i].unflatten(0, s.count(), s.length()).transpose(1, 2);
    }
    return parts;
  }
}
