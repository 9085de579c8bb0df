package dev.dualprocess.sana;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * y = x / sqrt(mean over C of x² + eps) · weight + bias, at every place of a feature map.
 *
 * @param bias [C]
 */
record ChannelRmsNorm(RmsNorm norm, Tensor bias) implements Layer {
  private static final double EPS = 1e-5;

  static ChannelRmsNorm load(Weights weights, long channels) {
    return new ChannelRmsNorm(
        RmsNorm.load(weights, channels, EPS), weights.tensor("bias", channels));
  }

  /** x [B, C, h, w] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    return norm.forward(x.movedim(1, -1)).add(bias).movedim(-1, 1);
  }
}
