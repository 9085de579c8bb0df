package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.GatedMlp;
import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.weights.Weights;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * One block of the vision tower.
 *
 * <pre>
 *   x ← x + attn(norm1 x)
 *   x ← x + mlp(norm2 x)
 * </pre>
 */
record VisionBlock(
    RmsNorm norm1, VisionAttention attn, RmsNorm norm2, GatedMlp mlp, Blocks blocks) {
  static VisionBlock load(Weights weights, VisionConfig config, Blocks blocks) {
    long dim = config.hiddenSize();
    return new VisionBlock(
        RmsNorm.load(weights.in("norm1"), dim, VisionConfig.NORM_EPS),
        VisionAttention.load(weights.in("attn"), config),
        RmsNorm.load(weights.in("norm2"), dim, VisionConfig.NORM_EPS),
        GatedMlp.load(weights.in("mlp"), dim, config.intermediateSize(), dim),
        blocks);
  }

  /** x [N, D] to the same shape. */
  Tensor forward(Tensor x, List<Segment> segments, RotaryEmbedding rope) {
    Tensor h = x.add(attn.forward(norm1.forward(x), segments, rope));
    return h.add(blocks.last(mlp.downProj(), mlp.inner(norm2.forward(h))));
  }
}
