package dev.dualprocess.lora;

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
      double cut = 0;
      double all = 0;
      for (String path : lora.modules()) {
        double scale = lora.scale(path);
        Spectrum spectrum = Spectrum.of(lora.a(path), lora.b(path));
        all += scale * scale * spectrum.energyFrom(0);
        if (lora.rank(path) <= k) {
          result.put(
              path, Placement.CPU.place(lora.a(path)), Placement.CPU.place(lora.b(path)), scale);
        } else {
          cut += scale * scale * spectrum.energyFrom(k);
          spectrum.put(result, path, lora, k);
        }
      }
      return new LoraTruncation(result.build(Placement.CPU), all == 0 ? 0 : Math.sqrt(cut / all));
    }
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
      return Placement.CPU.place(factor).flatten(1, -1).to(ScalarType.Double);
    }

    /** Σ σ² without the first. */
    double energyFrom(long first) {
      long start = Math.min(first, sigma.size(0));
      Tensor tail = sigma.narrow(0, start, sigma.size(0) - start);
      return tail.mul(tail).sum().item_double();
    }

    /** Adds the nearest change of rank k, in the shapes of the factors it comes from. */
    void put(Lora.Builder result, String path, Lora from, int k) {
      long kept = Math.min(k, sigma.size(0));
      Tensor root = sigma.narrow(0, 0, kept).sqrt();
      Tensor a = root.unsqueeze(1).mul(right.narrow(0, 0, kept));
      Tensor b = left.narrow(1, 0, kept).mul(root);
      long[] shapeOfA = from.a(path).shape();
      long[] shapeOfB = from.b(path).shape();
      shapeOfA[0] = kept;
      shapeOfB[1] = kept;
      result.put(
          path,
          Ops.toFloat(a).reshape(shapeOfA),
          Ops.toFloat(b).reshape(shapeOfB),
          from.scale(path));
    }
  }
}
