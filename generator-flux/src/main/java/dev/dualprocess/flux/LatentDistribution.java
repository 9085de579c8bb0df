package dev.dualprocess.flux;

import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * What the encoder says of an image: a normal distribution of latents.
 *
 * @param mean [B, C, h, w]
 * @param logvar log variance, cut to -30 .. 20, [B, C, h, w]
 */
record LatentDistribution(Tensor mean, Tensor logvar) {
  /** Of the encoder's output, [B, 2 C, h, w]. */
  static LatentDistribution of(Tensor parameters) {
    Tensor[] half = Ops.chunk(parameters, 2, 1);
    return new LatentDistribution(
        half[0],
        half[1].clamp(new ScalarOptional(new Scalar(-30.0)), new ScalarOptional(new Scalar(20.0))));
  }

  /** The most probable latents. */
  Tensor mode() {
    return mean;
  }
}
