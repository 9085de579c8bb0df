package dev.dualprocess.lora;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How far a LoRA moves a generator's weights: Σ over its modules of ‖s BA‖², s = alpha / rank. BA
 * itself is never made:
 *
 * <pre>
 *   ‖BA‖² = Σ (BᵀB ⊙ AAᵀ),   ∂/∂A = 2 BᵀB A,   ∂/∂B = 2 B AAᵀ
 * </pre>
 */
public final class LoraPenalty {
  private LoraPenalty() {}

  /**
   * Adds the gradient of {@code weight · Σ ‖s BA‖²} to the LoRA's own.
   *
   * @param lora whose {@link Lora#flatGradient()} was asked for
   * @return {@code weight · Σ ‖s BA‖²}
   */
  public static double addGradient(Lora lora, double weight) {
    double scale = lora.modules().stream().mapToDouble(lora::scale).map(Math::abs).max().orElse(0);
    double factor = weight * scale * scale;
    double[] value = new double[1];
    Memory.withoutGrad(
        () -> {
          Tensor sum = torch.zeros(1).to(lora.flat().device(), lora.flat().scalar_type());
          for (String path : lora.modules()) {
            double share = scale == 0 ? 0 : Math.pow(lora.scale(path) / scale, 2);
            sum.add_(Memory.scoped(() -> add(lora.a(path), lora.b(path), factor * share, share)));
          }
          value[0] = factor * sum.item_double();
        });
    return value[0];
  }

  /** Adds what one module contributes; gives {@code share} times its ‖BA‖² as a scalar. */
  private static Tensor add(Tensor a, Tensor b, double factor, double share) {
    Tensor a2 = a.flatten(1, -1); // [r, in]
    Tensor b2 = b.flatten(1, -1); // [out, r]
    Tensor btb = b2.t().matmul(b2); // [r, r]
    Tensor aat = a2.matmul(a2.t());
    Scalar twice = new Scalar(2 * factor);
    a.grad().add_(btb.matmul(a2).view(a.shape()), twice);
    b.grad().add_(b2.matmul(aat).view(b.shape()), twice);
    return Ops.mul(btb.mul(aat).sum(), share);
  }
}
