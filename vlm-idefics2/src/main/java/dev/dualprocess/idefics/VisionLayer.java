package dev.dualprocess.idefics;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * One layer of the vision tower.
 *
 * <pre>
 *   x ← x + selfAttn(layerNorm1 x)
 *   x ← x + fc2 gelu fc1 (layerNorm2 x)
 * </pre>
 */
record VisionLayer(
    LayerNorm layerNorm1,
    VisionAttention selfAttn,
    LayerNorm layerNorm2,
    Linear fc1,
    Linear fc2,
    Blocks blocks)
    implements Layer {
  static VisionLayer load(Weights weights, VisionConfig config, Blocks blocks) {
    long dim = config.hiddenSize();
    long inner = config.intermediateSize();
    Weights mlp = weights.in("mlp");
    return new VisionLayer(
        LayerNorm.load(weights.in("layer_norm1"), dim, config.layerNormEps()),
        VisionAttention.load(weights.in("self_attn"), config),
        LayerNorm.load(weights.in("layer_norm2"), dim, config.layerNormEps()),
        Linear.load(mlp.in("fc1"), dim, inner),
        Linear.load(mlp.in("fc2"), inner, dim),
        blocks);
  }

  /** x [N, D] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor h = x.add(selfAttn.forward(layerNorm1.forward(x)));
    Tensor u = Ops.geluTanh(fc1.forward(layerNorm2.forward(h)));
    return h.add(blocks.last(fc2, u));
  }
}
