package dev.dualprocess.sana;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The paths without weights around what changes the number of channels (arXiv 2410.10733):
 * neighbouring channels averaged into one, or one channel repeated. Where the resolution changes as
 * well, 2x2 places and four channels stand for each other.
 */
final class ChannelShortcut {
  /** How much finer one resolution is than the next. */
  static final int FACTOR = 2;

  /** Places of the finer one for a place of the next. */
  static final int PLACES = FACTOR * FACTOR;

  private ChannelShortcut() {}

  /** x [B, C, h, w] to [B, channels, h, w]. */
  static Tensor averaged(Tensor x, long channels) {
    return x.unflatten(1, channels, x.size(1) / channels)
        .mean(new long[] {2}, false, new ScalarTypeOptional());
  }

  /** x [B, C, h, w] to [B, channels, h, w]. */
  static Tensor repeated(Tensor x, long channels) {
    return torch.repeat_interleave(
        x, channels / x.size(1), new LongOptional(1), new LongOptional(channels));
  }

  /** x [B, C, h, w] to [B, channels, h/2, w/2]. */
  static Tensor averagedCoarser(Tensor x, long channels) {
    return averaged(torch.pixel_unshuffle(x, FACTOR), channels);
  }

  /** x [B, C, h, w] to [B, channels, 2h, 2w]. */
  static Tensor repeatedFiner(Tensor x, long channels) {
    return torch.pixel_shuffle(repeated(x, channels * PLACES), FACTOR);
  }
}
