package dev.dualprocess.nn;

import dev.dualprocess.nn.GroupNorm.Normed;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * {@link GroupNorm} of one image on CUDA in half precision. libtorch's own kernel has one block of
 * threads for each group, 32 where a device runs hundreds; reductions over the same rows use all of
 * them. Sums are fp32.
 */
final class WholeDeviceNorm {
  private WholeDeviceNorm() {}

  static boolean suits(Tensor x) {
    return x.is_cuda() && x.size(0) == 1 && x.is_contiguous() && Dtype.of(x).bytes() == 2;
  }

  /** x [1, C, ...] normed, nothing recorded; the statistics in x's dtype, as libtorch has them. */
  static Normed of(GroupNorm norm, Tensor x) {
    Tensor rows = x.view(norm.groups(), -1);
    long[] last = {1};
    ScalarTypeOptional float32 = new ScalarTypeOptional(torch.ScalarType.Float);
    Tensor mean = rows.mean(last, false, float32);
    Tensor length = torch.linalg_vector_norm(rows, new Scalar(2.0), last, false, float32);
    Tensor meanSquare = Ops.mul(length.square(), 1.0 / rows.size(1));
    Tensor variance = meanSquare.sub(mean.square()).clamp_min(new Scalar(0.0));
    Tensor rstd = Ops.add(variance, norm.eps()).rsqrt();
    Tensor y =
        torch.batch_norm_elemt(
            x,
            new TensorOptional(norm.weight()),
            new TensorOptional(norm.bias()),
            perChannel(mean, x.size(1)),
            perChannel(rstd, x.size(1)),
            norm.eps());
    return new Normed(y, statistic(mean, x), statistic(rstd, x));
  }

  /** [groups] to [C]. */
  private static Tensor perChannel(Tensor perGroup, long channels) {
    long groups = perGroup.size(0);
    return perGroup.unsqueeze(1).expand(groups, channels / groups).reshape(channels);
  }

  private static Tensor statistic(Tensor perGroup, Tensor x) {
    return perGroup.unsqueeze(0).to(x.scalar_type());
  }
}
