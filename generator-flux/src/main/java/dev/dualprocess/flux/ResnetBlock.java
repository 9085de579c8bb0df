package dev.dualprocess.flux;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.GroupNorm;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * y = shortcut(x) + conv₂(silu(norm₂(conv₁(silu(norm₁ x))))), as two blocks of one convolution.
 *
 * @param convShortcut 1x1 where the channels change, else null
 */
record ResnetBlock(
    NormSiluConv first, NormSiluConv second, @Nullable Conv2d convShortcut, Blocks blocks)
    implements Layer {
  static final double EPS = 1e-6;

  static ResnetBlock load(Weights weights, long in, long out, long groups, Blocks blocks) {
    return new ResnetBlock(
        new NormSiluConv(
            GroupNorm.load(weights.in("norm1"), groups, in, EPS),
            Conv2d.load(weights.in("conv1"), in, out, 3, 1, 1)),
        new NormSiluConv(
            GroupNorm.load(weights.in("norm2"), groups, out, EPS),
            Conv2d.load(weights.in("conv2"), out, out, 3, 1, 1)),
        in == out ? null : Conv2d.load(weights.in("conv_shortcut"), in, out, 1, 1, 0),
        blocks);
  }

  /** x [B, in, h, w] to [B, out, h, w]. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor h = blocks.run(in -> blocks.last(first, in), x);
    return blocks.run(in -> shortcut(in[0]).add(blocks.last(second, in[1])), x, h);
  }

  private Tensor shortcut(Tensor x) {
    return convShortcut == null ? x : convShortcut.forward(x);
  }
}
