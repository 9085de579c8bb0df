package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/** A square of patches to one image token: y = mlp₂ gelu(mlp₀ [lnQ x₁; lnQ x₂; ..]). */
record PatchMerger(RmsNorm lnQ, Linear mlp0, Linear mlp2, long inner, Blocks blocks) {
  static PatchMerger load(Weights weights, VisionConfig config, Blocks blocks) {
    long inner = (long) config.hiddenSize() * config.spatialMergeSize() * config.spatialMergeSize();
    return new PatchMerger(
        RmsNorm.load(weights.in("ln_q"), config.hiddenSize(), VisionConfig.NORM_EPS),
        Linear.load(weights.in("mlp").in(0), inner, inner),
        Linear.load(weights.in("mlp").in(2), inner, config.outHiddenSize()),
        inner,
        blocks);
  }

  /** x [N, D], the patches of a square side by side, to [tokens, out]. */
  Tensor forward(Tensor x) {
    Tensor square = lnQ.forward(x).view(-1, inner);
    return blocks.last(mlp2, Ops.gelu(mlp0.forward(square)));
  }
}
