package dev.dualprocess.sana;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * The feed-forward part, which also tells tokens of their neighbours (Mix-FFN, arXiv 2410.10629):
 *
 * <pre>
 *   (h, gate) = convDepth( silu(convInverted x) ),   y = convPoint( h ⊙ silu(gate) )
 * </pre>
 *
 * @param convInverted 1x1, [D] to [2 M]
 * @param convDepth 3x3 on every channel by itself
 * @param convPoint 1x1, [M] to [D]
 */
record GatedConvMlp(Conv2d convInverted, Conv2d convDepth, Conv2d convPoint) implements Layer {
  private static final int KERNEL = 3;

  static GatedConvMlp load(AdaptableLayers layers, Weights ff, SanaTransformerConfig config) {
    long dim = config.innerDim();
    long hidden = config.hiddenDim();
    return new GatedConvMlp(
        layers.convolution(Conv2d.load(ff.in("conv_inverted"), dim, 2 * hidden, 1, 1, 0)),
        layers.convolution(Conv2d.loadDepthwise(ff.in("conv_depth"), 2 * hidden, KERNEL)),
        layers.convolution(Conv2d.loadWithoutBias(ff.in("conv_point"), hidden, dim, 1, 1, 0)));
  }

  /** x [B, D, h, w] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor[] parts = Ops.chunk(convDepth.forward(Ops.silu(convInverted.forward(x))), 2, 1);
    return convPoint.forward(parts[0].mul(Ops.silu(parts[1])));
  }
}
