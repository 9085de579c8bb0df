package dev.dualprocess.idefics2;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.Nonlinearity;
import dev.dualprocess.recompute.Blocks;
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
    LayerNorm layerNorm1, VisionAttention selfAttn, LayerNorm layerNorm2, Linear fc1, Linear fc2)
    implements Layer {
  static VisionLayer load(Weights weights, VisionConfig config) {
    long dim = config.hiddenSize();
    long inner = config.intermediateSize();
    Weights mlp = weights.in("mlp");
    return new VisionLayer(
        LayerNorm.load(weights.in("layer_norm1"), dim, config.layerNormEps()),
        VisionAttention.load(weights.in("self_attn"), config),
        LayerNorm.load(weights.in("layer_norm2"), dim, config.layerNormEps()),
        Linear.load(mlp.in("fc1"), dim, inner),
        Linear.load(mlp.in("fc2"), inner, dim));
  }

  /** x [N, D] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor h =
        Blocks.residual(in -> selfAttn.forward(layerNorm1.forward(in[0])), selfAttn.outProj(), x);
    return Blocks.residual(
        in -> fc1.forward(layerNorm2.forward(in[0])), Nonlinearity.GELU_TANH.then(fc2), h);
  }
}
