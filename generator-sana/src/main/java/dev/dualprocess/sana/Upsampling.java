package dev.dualprocess.sana;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * To twice the resolution: a convolution of the enlarged map, or one whose channels become 2x2
 * places, and repetitions of what came in.
 *
 * @param interpolate whether the map is enlarged, by nearest neighbours; else channels become
 *     places
 * @param shortcut whether the repetitions are added
 * @param channels channels out
 */
record Upsampling(Conv2d conv, boolean interpolate, boolean shortcut, long channels)
    implements Layer {
  static Upsampling load(
      Weights weights, long in, long out, boolean interpolate, boolean shortcut) {
    return new Upsampling(
        Conv2d.load(
            weights.in("conv"), in, interpolate ? out : out * ChannelShortcut.PLACES, 3, 1, 1),
        interpolate,
        shortcut,
        out);
  }

  /** x [B, in, h, w] to [B, out, 2h, 2w]. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor y =
        interpolate
            ? conv.forward(Ops.upsampleNearest2x(x))
            : torch.pixel_shuffle(conv.forward(x), ChannelShortcut.FACTOR);
    return shortcut ? y.add(ChannelShortcut.repeatedFiner(x, channels)) : y;
  }
}
