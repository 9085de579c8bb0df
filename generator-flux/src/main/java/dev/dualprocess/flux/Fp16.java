package dev.dualprocess.flux;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What half precision needs: some activations of FLUX.1 are larger than its largest number. */
final class Fp16 {
  private static final double LARGEST = 65504;

  private Fp16() {}

  /** x cut to ±65504 if it is fp16, else x itself. */
  static Tensor clipped(Tensor x) {
    if (x.scalar_type().intern() != torch.ScalarType.Half) {
      return x;
    }
    return x.clamp(
        new ScalarOptional(new Scalar(-LARGEST)), new ScalarOptional(new Scalar(LARGEST)));
  }
}
