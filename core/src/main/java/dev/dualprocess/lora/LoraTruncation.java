package dev.dualprocess.lora;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The LoRA of lower rank that is nearest to another, module by module (Eckart and Young). BA itself
 * is never made:
 *
 * <pre>
 *   B = Q_b R_b,  Aᵀ = Q_a R_a,  R_b R_aᵀ = U Σ Vᵀ,   BA ≈ (Q_b U √Σ) (√Σ Vᵀ Q_aᵀ), the k largest σ
 * </pre>
 *
 * @param lora of rank k at most, on the CPU, which the caller closes
 * @param relativeError ‖what was cut‖ / ‖all of it‖ over all modules (Frobenius), 0 to 1
 */
public record LoraTruncation(Lora lora, double relativeError) {
  /**
   * Cuts every module to rank {@code k}; those of that rank or less keep their bits.
   *
   * @throws IllegalArgumentException if {@code k} is below 1
   */
  public static LoraTruncation of(Lora lora, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("the rank must be at least 1, not " + k);
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Lora.Builder result = Lora.builder(1);
      double[] squares = new double[2]; // of what is cut, of all
      for (String path : lora.modules()) {
        Tensor[] factors = Memory.scopedAll(() -> cut(lora, path, k, squares));
        result.put(path, factors[0], factors[1], lora.scale(path));
      }
      double error = squares[1] == 0 ? 0 : Math.sqrt(squares[0] / squares[1]);
      return new LoraTruncation(result.build(Placement.CPU), error);
    }
  }

  /** A and B of one module at rank k; adds to the sums of squares. */
  private static Tensor[] cut(Lora lora, String path, int k, double[] squares) {
    Tensor a = Placement.CPU.place(lora.a(path));
    Tensor b = Placement.CPU.place(lora.b(path));
    double square = lora.scale(path) * lora.scale(path);
    Spectrum spectrum = Spectrum.of(a, b);
    squares[1] += square * spectrum.squaresFrom(0);
    if (lora.rank(path) <= k) {
      return new Tensor[] {a, b};
    }
    squares[0] += square * spectrum.squaresFrom(k);
    return spectrum.nearest(k, a.shape(), b.shape());
  }

  /**
   * Singular values σ [m] of BA in fp64, and its singular vectors: left [out, ≥ m], right [≥ m,
   * in].
   */
  private record Spectrum(Tensor left, Tensor sigma, Tensor right) {
    static Spectrum of(Tensor a, Tensor b) {
      T_TensorTensor_T qrB = torch.linalg_qr(plain(b));
      T_TensorTensor_T qrA = torch.linalg_qr(plain(a).t());
      T_TensorTensorTensor_T svd = torch.linalg_svd(qrB.get1().matmul(qrA.get1().t()));
      return new Spectrum(
          qrB.get0().matmul(svd.get0()), svd.get1(), svd.get2().matmul(qrA.get0().t()));
    }

    private static Tensor plain(Tensor factor) {
      return factor.flatten(1, -1).to(ScalarType.Double);
    }

    /** Σ σ² without the first. */
    double squaresFrom(long first) {
      long start = Math.min(first, sigma.size(0));
      Tensor tail = sigma.narrow(0, start, sigma.size(0) - start);
      return tail.mul(tail).sum().item_double();
    }

    /** A and B of the nearest change of rank k, in the shapes of those it comes from. */
    Tensor[] nearest(int k, long[] shapeOfA, long[] shapeOfB) {
      long kept = Math.min(k, sigma.size(0));
      shapeOfA[0] = kept;
      shapeOfB[1] = kept;
      Tensor root = sigma.narrow(0, 0, kept).sqrt();
      Tensor a = root.unsqueeze(1).mul(right.narrow(0, 0, kept));
      Tensor b = left.narrow(1, 0, kept).mul(root);
      return new Tensor[] {Ops.toFloat(a).reshape(shapeOfA), Ops.toFloat(b).reshape(shapeOfB)};
    }
  }
}
