package dev.dualprocess.lora.format;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The change s BA of one module as a file holds it, in the file's dtype.
 *
 * @param a [r, in], or [r, in, k, k] of a convolution
 * @param b [out, r], or [out, r, 1, 1] of a convolution
 * @param scale s = alpha / r
 */
public record LowRank(Tensor a, Tensor b, double scale) {
  /** r. */
  public int rank() {
    return Math.toIntExact(a.size(0));
  }

  /** The width of what it reads, without a convolution's kernel. */
  long in() {
    return a.size(1);
  }

  long out() {
    return b.size(0);
  }

  /** s r. */
  double alpha() {
    return scale * rank();
  }

  /**
   * The same change with s = 1: B times s, in B's own dtype where that loses nothing, else in fp32.
   */
  public LowRank baked() {
    return scale == 1 ? this : new LowRank(a, Memory.scoped(() -> times(b, scale)), 1);
  }

  private static Tensor times(Tensor b, double scale) {
    Tensor product = Ops.mul(b.to(ScalarType.Double), scale);
    Tensor single = product.to(ScalarType.Float);
    Tensor own = product.to(b.scalar_type());
    boolean exact = own.to(ScalarType.Double).equal(product);
    return exact || Dtype.of(b) == Dtype.FLOAT64 ? own : single;
  }

  /** Whether the other reads the same through the same A at the same scale, bit for bit. */
  boolean sharesA(LowRank other) {
    return scale == other.scale && Dtype.of(a) == Dtype.of(other.a) && a.equal(other.a);
  }
}
