package dev.dualprocess.distill;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * How improbable it is that noise of n dimensions is as long as z, up to a constant: the negative
 * log-density of the chi distribution (used for the same purpose in ReNO, arXiv 2406.04312).
 *
 * <pre>
 *   R(z) = ‖z‖² / 2 - (n - 1) log ‖z‖,   ∂R/∂z = z (1 - (n - 1) / ‖z‖²)
 * </pre>
 *
 * Gaussian noise lies in a thin shell about its minimum, ‖z‖ = √(n - 1).
 */
final class GaussianShell {
  private GaussianShell() {}

  /** Adds {@code weight · ∂R/∂z} to {@code gradient}; without waiting for the device. */
  static void addGradient(Tensor z, double weight, Tensor gradient) {
    Memory.withoutGrad(
        () -> {
          Tensor pull = Ops.mul(z.square().sum().reciprocal(), 1.0 - z.numel());
          gradient.add_(z.mul(Ops.add(pull, 1)), new Scalar(weight));
        });
  }
}
