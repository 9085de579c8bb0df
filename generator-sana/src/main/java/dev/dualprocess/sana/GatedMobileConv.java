package dev.dualprocess.sana;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * (u, g) = convDepth(silu(convInverted x)); y = x + norm(convPoint(u ⊙ silu g)).
 *
 * @param convInverted 1x1, to eight times the channels
 * @param convDepth 3x3 on each of these by itself
 * @param convPoint 1x1, from half of these back
 */
record GatedMobileConv(Conv2d convInverted, Conv2d convDepth, Conv2d convPoint, ChannelRmsNorm norm)
    implements Layer {
  private static final long EXPANSION = 4;

  static GatedMobileConv load(Weights weights, long channels) {
    long hidden = EXPANSION * channels;
    return new GatedMobileConv(
        Conv2d.load(weights.in("conv_inverted"), channels, 2 * hidden, 1, 1, 0),
        Conv2d.loadDepthwise(weights.in("conv_depth"), 2 * hidden, 3),
        Conv2d.loadWithoutBias(weights.in("conv_point"), hidden, channels, 1, 1, 0),
        ChannelRmsNorm.load(weights.in("norm"), channels));
  }

  /** x [B, C, h, w] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor[] half = Ops.chunk(convDepth.forward(Ops.silu(convInverted.forward(x))), 2, 1);
    return norm.forward(convPoint.forward(half[0].mul(Ops.silu(half[1])))).add(x);
  }
}
