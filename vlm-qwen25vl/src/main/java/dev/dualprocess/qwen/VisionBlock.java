package dev.dualprocess.qwen;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.recompute.Blocks;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * One block of a vision tower.
 *
 * <pre>
 *   x ← x + attn(norm1 x)
 *   x ← x + outer(inner(norm2 x))
 * </pre>
 *
 * @param norm1 before the attention
 * @param attn within segments
 * @param norm2 before the MLP
 * @param inner all of the MLP but its last map
 * @param outer the MLP's last map
 * @param blocks what the tower runs its blocks with
 */
public record VisionBlock(
    Layer norm1, VisionAttention attn, Layer norm2, Layer inner, Linear outer, Blocks blocks) {
  /** x [N, D] to the same shape. */
  public Tensor forward(Tensor x, List<Segment> segments, RotaryEmbedding rope) {
    Tensor h = x.add(attn.forward(norm1.forward(x), segments, rope));
    return h.add(blocks.last(outer, inner.forward(norm2.forward(h))));
  }
}
