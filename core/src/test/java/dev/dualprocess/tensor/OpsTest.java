package dev.dualprocess.tensor;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** The vocabulary against closed formulas in double arithmetic. */
class OpsTest {
  private static void assertSame(UnaryOperator<Tensor> ours, DoubleUnaryOperator formula) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Ops.mul(Noise.randn(3, 200), 2);
      float[] given = Ops.toFloats(x);
      float[] taken = Ops.toFloats(ours.apply(x));
      for (int i = 0; i < given.length; i++) {
        assertEquals(formula.applyAsDouble(given[i]), taken[i], 2e-6);
      }
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void activationsFollowTheirFormulas() {
    assertSame(Ops::silu, x -> x * sigmoid(x));
    assertSame(Ops::quickGelu, x -> x * sigmoid(1.702 * x));
    assertSame(
        Ops::geluTanh,
        x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
    assertSame(x -> Ops.clamp(x, -0.5, 1.25), x -> Math.min(1.25, Math.max(-0.5, x)));
    assertSame(x -> Ops.add(Ops.mul(x, -3), 0.5), x -> -3 * x + 0.5);
  }

  @Test
  void modulationScalesByOneMoreThanItsScale() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Ops.floats(new float[] {2, 3}, 2);
      Tensor scale = Ops.floats(new float[] {0.5f, -1}, 2);
      Tensor shift = Ops.floats(new float[] {10, 20}, 2);
      assertArrayEquals(new float[] {13, 20}, Ops.toFloats(Ops.modulate(x, scale, shift)));
    }
  }

  @Test
  void valuesAreReadInRowMajorOrderWhateverTheMemory() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Ops.floats(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
      assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, Ops.toFloats(x.t()));
      assertArrayEquals(new float[] {1, 4}, Ops.toFloats(x.to(ScalarType.BFloat16).select(1, 0)));
      assertArrayEquals(new long[] {2, 5}, Ops.toLongs(x.select(1, 1)));
    }
  }

  @Test
  void antialiasingAveragesWhatPlainResizingSkips() {
    try (PointerScope scope = new PointerScope()) {
      float[] stripes = new float[64];
      for (int i = 0; i < stripes.length; i++) {
        stripes[i] = i % 4 == 0 ? 4 : 0;
      }
      Tensor x = Ops.floats(stripes, 1, 1, 1, 64);
      float[] averaged = Ops.toFloats(Ops.resizeBilinearAntialias(x, 1, 8));
      float[] skipped = Ops.toFloats(Ops.resizeBilinear(x, 1, 8));
      for (int i = 1; i < 7; i++) {
        assertEquals(1, averaged[i], 1e-5);
        assertEquals(2, skipped[i], 1e-5);
      }
    }
  }

  @Test
  void tooFewValuesAreRefused() {
    assertRefused(
        IllegalArgumentException.class, () -> Ops.floats(new float[] {1, 2}, 3), "2 values", "[3]");
    assertRefused(
        IllegalArgumentException.class,
        () -> Ops.longs(new long[] {1}, 2, 2),
        "1 values",
        "[2, 2]");
  }

  @Test
  void aLeafCollectsItsOwnGradient() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Ops.floats(new float[] {2, 3}, 2);
      Tensor leaf = Ops.leaf(x);
      Ops.backward(leaf.mul(leaf), Ops.floats(new float[] {1, 10}, 2));
      assertArrayEquals(new float[] {4, 60}, Ops.toFloats(leaf.grad()));
      assertEquals(false, x.requires_grad());
    }
  }
}
