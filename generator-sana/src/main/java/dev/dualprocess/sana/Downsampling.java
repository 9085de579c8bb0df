package dev.dualprocess.sana;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * To half the resolution: a convolution of stride 2, or one of stride 1 whose 2x2 places become
 * channels, and the averages of what came in.
 *
 * @param unshuffle whether places become channels
 * @param shortcut whether the averages are added
 * @param channels channels out
 */
record Downsampling(Conv2d conv, boolean unshuffle, boolean shortcut, long channels)
    implements Layer {
  static Downsampling load(
      Weights weights, long in, long out, boolean unshuffle, boolean shortcut) {
    Weights conv = weights.in("conv");
    return new Downsampling(
        unshuffle
            ? Conv2d.load(conv, in, out / ChannelShortcut.PLACES, 3, 1, 1)
            : Conv2d.load(conv, in, out, 3, ChannelShortcut.FACTOR, 1),
        unshuffle,
        shortcut,
        out);
  }

  /** x [B, in, h, w] to [B, out, h/2, w/2]. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor y = conv.forward(x);
    if (unshuffle) {
      y = torch.pixel_unshuffle(y, ChannelShortcut.FACTOR);
    }
    return shortcut ? y.add(ChannelShortcut.averagedCoarser(x, channels)) : y;
  }
}
