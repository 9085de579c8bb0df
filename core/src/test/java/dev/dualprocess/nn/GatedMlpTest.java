package dev.dualprocess.nn;

import static dev.dualprocess.nn.Reference.assertGradient;
import static dev.dualprocess.nn.Reference.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class GatedMlpTest {
  private static final Placement CPU = Placement.CPU;

  @Test
  void isTheGatedProductAndItsGradient() {
    try (PointerScope scope = new PointerScope()) {
      Tensor gate = Noise.randn(1, 7, 4);
      Tensor up = Noise.randn(2, 7, 4);
      Tensor down = Noise.randn(3, 5, 7);
      GatedMlp mlp =
          new GatedMlp(
              new Linear("gate_proj", gate, null),
              new Linear("up_proj", up, null),
              new Linear("down_proj", down, null));
      Tensor x = Noise.randn(4, 2, 3, 4);
      Tensor y = mlp.forward(x);
      assertArrayEquals(new long[] {2, 3, 5}, y.shape());
      assertNear(Reference.gatedMlp(Reference.values(x), gate, up, down), y, 1e-6);
      assertGradient("x", mlp::forward, x);
    }
  }

  /** Zeros behind the inner values change nothing, whole or in 8 bits. */
  @Test
  void fillsUpToWholeBlocks() {
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      Weights weights =
          Weights.made((key, shape, placement) -> Noise.randn(key.hashCode(), shape), CPU, owner);
      Tensor x = Noise.randn(4, 9, 5);
      GatedMlp plain = GatedMlp.load(weights, 5, 13, 6, 13);
      GatedMlp filled = GatedMlp.load(weights, 5, 13, 6, 16);
      assertArrayEquals(new long[] {9, 16}, filled.inner(x).shape());
      assertArrayEquals(new long[] {9, 6}, filled.forward(x).shape());
      assertNear(Reference.values(plain.forward(x)), filled.forward(x), 1e-6);
    }
  }
}
