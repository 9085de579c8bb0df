package dev.dualprocess.flux;

import dev.dualprocess.nn.GroupNorm;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/** x + out(attention(norm x)) with one head, over all places of a feature map. */
record SpatialAttention(GroupNorm groupNorm, Linear toQ, Linear toK, Linear toV, Linear toOut)
    implements Layer {
  static SpatialAttention load(Weights weights, long channels, long groups) {
    return new SpatialAttention(
        GroupNorm.load(weights.in("group_norm"), groups, channels, ResnetBlock.EPS),
        Linear.load(weights.in("to_q"), channels, channels),
        Linear.load(weights.in("to_k"), channels, channels),
        Linear.load(weights.in("to_v"), channels, channels),
        Linear.load(weights.in("to_out").in(0), channels, channels));
  }

  /** x [B, C, h, w] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor places =
        groupNorm.forward(x).flatten(2, 3).transpose(1, 2).unsqueeze(1); // [B, 1, hw, C]
    double scale = 1 / Math.sqrt((double) x.size(1));
    Tensor y =
        Ops.attention(toQ.forward(places), toK.forward(places), toV.forward(places), null, scale);
    return x.add(toOut.forward(y).squeeze(1).transpose(1, 2).reshape(x.shape()));
  }
}
