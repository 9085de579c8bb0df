package dev.dualprocess.nn;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * y = x / sqrt(mean over D of x² + eps) · weight; the division in fp32, the product in x's dtype.
 * On CUDA one kernel does all of it in fp32 and rounds once.
 *
 * @param weight [D]
 * @param eps added to the mean square
 */
public record RmsNorm(Tensor weight, double eps) implements Layer {
  /** Reads the factors from {@code weight}, [dim]. */
  public static RmsNorm load(Weights weights, long dim, double eps) {
    return new RmsNorm(weights.tensor("weight", dim), eps);
  }

  /** x [..., D] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    if (x.is_cuda()) {
      return torch.rms_norm(
          x, new long[] {weight.size(0)}, new TensorOptional(weight), new DoubleOptional(eps));
    }
    return Memory.scoped(() -> normed(x)).mul(weight);
  }

  private Tensor normed(Tensor x) {
    Tensor x32 = Ops.toFloat(x);
    Tensor factor = Memory.scoped(() -> Ops.add(Ops.meanSquareLast(x32), eps).rsqrt());
    return x32.mul(factor).to(x.scalar_type());
  }
}
