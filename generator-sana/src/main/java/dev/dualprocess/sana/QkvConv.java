package dev.dualprocess.sana;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * Queries, keys and values of one more scale: gathered around each place channel by channel, then
 * mixed within each head's part.
 */
record QkvConv(Conv2d projIn, Conv2d projOut) implements Layer {
  static QkvConv load(Weights weights, long heads, long headDim, long kernel) {
    long channels = 3 * heads * headDim;
    return new QkvConv(
        Conv2d.loadWithoutBias(
            weights.in("proj_in"), channels, channels, kernel, 1, kernel / 2, channels),
        Conv2d.loadWithoutBias(weights.in("proj_out"), channels, channels, 1, 1, 0, 3 * heads));
  }

  /** qkv [B, 3 · heads · D, h, w] to the same shape. */
  @Override
  public Tensor forward(Tensor qkv) {
    return projOut.forward(projIn.forward(qkv));
  }
}
