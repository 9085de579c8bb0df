package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.function.ToDoubleFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** What passes as a gradient. */
class SlopeTest {
  private static double halfSquare(Tensor x) {
    return Ops.mul(x.mul(x).sum(), 0.5).item_double();
  }

  private static void both(ToDoubleFunction<Tensor> f, Tensor x, Tensor gradient, double step) {
    Slope.assertBoth("f", f, x, gradient, step, 0.02);
  }

  @Test
  void aGradientPassesWhateverTheStep() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(1, 30);
      for (double step : new double[] {1e-4, 1e-2, 1}) {
        assertDoesNotThrow(() -> both(SlopeTest::halfSquare, x, x, step));
      }
      // A step of 1 jumps over what |x| does near 0.
      Tensor corner = Ops.mul(x, 0.3);
      assertDoesNotThrow(() -> both(y -> y.abs().sum().item_double(), corner, corner.sign(), 0.1));
    }
  }

  @Test
  void aWrongGradientFails() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(1, 30);
      for (double step : new double[] {1e-3, 1e-2, 1}) {
        for (Tensor wrong :
            new Tensor[] {Ops.mul(x, 1.05), x.neg(), x.add(Ops.mul(Noise.randn(2, 30), 0.3))}) {
          assertThrows(AssertionError.class, () -> both(SlopeTest::halfSquare, x, wrong, step));
        }
      }
    }
  }
}
