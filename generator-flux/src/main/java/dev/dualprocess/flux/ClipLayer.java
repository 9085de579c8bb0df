package dev.dualprocess.flux;

import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/** x ← x + causal attention(norm₁ x), x ← x + fc₂(act(fc₁(norm₂ x))). */
record ClipLayer(
    LayerNorm layerNorm1,
    Linear qProj,
    Linear kProj,
    Linear vProj,
    Linear outProj,
    LayerNorm layerNorm2,
    Linear fc1,
    Linear fc2,
    Activation activation,
    long heads) {
  static ClipLayer load(Weights layer, ClipTextConfig config) {
    long dim = config.hiddenSize();
    Weights attention = layer.in("self_attn");
    Weights mlp = layer.in("mlp");
    return new ClipLayer(
        LayerNorm.load(layer.in("layer_norm1"), dim, config.layerNormEps()),
        Linear.load(attention.in("q_proj"), dim, dim),
        Linear.load(attention.in("k_proj"), dim, dim),
        Linear.load(attention.in("v_proj"), dim, dim),
        Linear.load(attention.in("out_proj"), dim, dim),
        LayerNorm.load(layer.in("layer_norm2"), dim, config.layerNormEps()),
        Linear.load(mlp.in("fc1"), dim, config.intermediateSize()),
        Linear.load(mlp.in("fc2"), config.intermediateSize(), dim),
        config.activation(),
        config.numAttentionHeads());
  }

  /** x [B, L, D] to the same shape. */
  Tensor forward(Tensor x) {
    Tensor h = x.add(attention(layerNorm1.forward(x)));
    return h.add(fc2.forward(activation.forward(fc1.forward(layerNorm2.forward(h)))));
  }

  private Tensor attention(Tensor x) {
    Tensor q = split(qProj.forward(x));
    double scale = 1 / Math.sqrt((double) q.size(3));
    Tensor y = Ops.causalAttention(q, split(kProj.forward(x)), split(vProj.forward(x)), scale);
    return outProj.forward(y.transpose(1, 2).flatten(2, 3));
  }

  private Tensor split(Tensor x) { // [B, L, D] -> [B, H, L, Dh]
    return x.unflatten(-1, heads, -1).transpose(1, 2);
  }
}
