package dev.dualprocess.world.training;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.Random;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Small damage to a picture that leaves its answers as they are. */
final class Damage {
  private static final double CHANCE = 0.3;

  private Damage() {}

  /**
   * Perhaps grain, clouds of colour, another contrast or a blur.
   *
   * @param x fp32 [1, 3, H, W] in [-1, 1]
   * @param soft whether it may be blurred
   */
  static Tensor apply(Tensor x, boolean soft, Random random) {
    Tensor y = x;
    if (random.nextDouble() < CHANCE) {
      y = y.add(Ops.mul(noise(random, x.shape()), 0.1 * random.nextDouble()));
    }
    if (random.nextDouble() < CHANCE) {
      Tensor coarse = Ops.mul(noise(random, 1, 3, 6, 6), 0.16 * random.nextDouble());
      y = y.add(Ops.resizeBilinear(coarse, x.size(2), x.size(3)));
    }
    if (random.nextDouble() < CHANCE) {
      Tensor shift = Ops.mul(noise(random, 1, 3, 1, 1), 0.07);
      y = Ops.mul(y, 0.75 + 0.45 * random.nextDouble()).add(shift);
    }
    if (soft && random.nextDouble() < CHANCE) {
      double share = 0.8 * random.nextDouble();
      Tensor padded = torch.replication_pad2d(y, 1, 1, 1, 1);
      Tensor blurred =
          torch.avg_pool2d(
              padded,
              new long[] {3, 3},
              new long[] {1, 1},
              new long[] {0, 0},
              false,
              true,
              new LongOptional());
      y = Ops.mul(y, 1 - share).add(Ops.mul(blurred, share));
    }
    return Ops.clamp(y, -1, 1);
  }

  private static Tensor noise(Random random, long... shape) {
    return Noise.randn(random.nextLong(), shape);
  }
}
