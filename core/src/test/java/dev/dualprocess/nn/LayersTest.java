package dev.dualprocess.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers against their equations, and the shapes and gradients that they say. */
class LayersTest {
  private static final float CLOSE = 1e-5f;
  private final PointerScope scope = new PointerScope();

  @AfterEach
  void free() {
    scope.close();
  }

  private static void assertClose(Tensor expected, Tensor actual) {
    assertArrayEquals(expected.shape(), actual.shape());
    assertArrayEquals(Ops.toFloats(expected), Ops.toFloats(actual), CLOSE);
  }

  @Test
  void aLinearMapSaysItsShapeAndGradient() {
    Linear linear = new Linear("linear", Noise.randn(1, 6, 4), Noise.randn(2, 6));
    Tensor x = Ops.leaf(Noise.randn(3, 2, 5, 4));
    Tensor y = linear.forward(x);
    assertArrayEquals(y.shape(), linear.shape(x));
    Tensor dy = Noise.randn(4, y.shape());
    Ops.backward(y, dy);
    assertClose(x.grad(), linear.backward(x, dy));
  }

  /** With branches, y = Wx + b + change(x). */
  @Test
  void changeIsWhatBranchesAdd() {
    Linear linear = new Linear("linear", Noise.randn(1, 6, 4), Noise.randn(2, 6));
    Tensor x = Noise.randn(3, 5, 4);
    Tensor plain = linear.forward(x);
    linear.attach(new LowRankBranch(Noise.randn(4, 2, 4), Noise.randn(5, 6, 2), 0.5));
    linear.attach(new LowRankBranch(Noise.randn(6, 3, 4), Noise.randn(7, 6, 3), 2));
    assertClose(linear.forward(x), plain.add(linear.change(x)));
  }

  @ParameterizedTest
  @CsvSource({"3,1,1,1", "3,1,1,2", "1,1,0,1", "3,2,1,1", "2,2,0,1"})
  void aConvolutionSaysItsShapeAndGradient(long kernel, long stride, long padding, long groups) {
    Conv2d conv =
        new Conv2d(
            "conv", Noise.randn(1, 6, 4 / groups, kernel, kernel), null, stride, padding, groups);
    Tensor x = Ops.leaf(Noise.randn(2, 2, 4, 7, 8));
    Tensor y = conv.forward(x);
    assertArrayEquals(y.shape(), conv.shape(x));
    if (stride == 1) {
      Tensor dy = Noise.randn(3, y.shape());
      Ops.backward(y, dy);
      assertClose(x.grad(), conv.backward(x, dy));
    }
  }

  @Test
  void aGatedMlpEndsInItsDownProjection() {
    GatedMlp mlp =
        new GatedMlp(
            new Linear("gate", Noise.randn(1, 8, 4), null),
            new Linear("up", Noise.randn(2, 8, 4), null),
            new Linear("down", Noise.randn(3, 4, 8), null));
    Tensor x = Noise.randn(4, 5, 4);
    assertClose(mlp.downProj().forward(mlp.inner(x)), mlp.forward(x));
    Tensor gate = mlp.gateProj().forward(x);
    assertClose(gate.mul(gate.sigmoid()).mul(mlp.upProj().forward(x)), mlp.inner(x));
  }

  @Test
  void aRowOfModulationsIsANormsOwnWeights() {
    LayerNorm norm = LayerNorm.plain(4, 1e-6);
    Tensor x = Noise.randn(1, 1, 5, 4);
    Tensor scale = Noise.randn(2, 1, 1, 4);
    Tensor shift = Noise.randn(3, 1, 1, 4);
    assertClose(Ops.modulate(norm.forward(x), scale, shift), norm.modulated(x, scale, shift));
  }

  @Test
  void rmsNormLeavesAMeanSquareOfOne() {
    Tensor y =
        new RmsNorm(Ops.floats(new float[] {1, 1, 1, 1}, 4), 0).forward(Noise.randn(1, 3, 4));
    for (float meanSquare : Ops.toFloats(y.square().mean(-1))) {
      assertEquals(1, meanSquare, CLOSE);
    }
  }
}
