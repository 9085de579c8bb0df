package dev.dualprocess.flux;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.GroupNorm;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * y = shortcut(x) + conv₂(silu(norm₂(conv₁(silu(norm₁ x))))).
 *
 * <p>Each half is a block of its own: at the finest resolution, one holds a dozen pictures.
 *
 * @param convShortcut 1x1 where the channels change, else null
 */
record ResnetBlock(
    GroupNorm norm1, Conv2d conv1, GroupNorm norm2, Conv2d conv2, Conv2d convShortcut)
    implements Layer {
  static final double EPS = 1e-6;

  static ResnetBlock load(Weights weights, long in, long out, long groups) {
    return new ResnetBlock(
        GroupNorm.load(weights.in("norm1"), groups, in, EPS),
        Conv2d.load(weights.in("conv1"), in, out, 3, 1, 1),
        GroupNorm.load(weights.in("norm2"), groups, out, EPS),
        Conv2d.load(weights.in("conv2"), out, out, 3, 1, 1),
        in == out ? null : Conv2d.load(weights.in("conv_shortcut"), in, out, 1, 1, 0));
  }

  /** x [B, in, h, w] to [B, out, h, w]. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor h = Blocks.run(v -> conv1.forward(Ops.silu(norm1.forward(v))), x);
    return Blocks.runAll(in -> new Tensor[] {second(in[0], in[1])}, x, h)[0];
  }

  private Tensor second(Tensor x, Tensor h) {
    Tensor y = conv2.forward(Ops.silu(norm2.forward(h)));
    return (convShortcut == null ? x : convShortcut.forward(x)).add(y);
  }
}
