package dev.dualprocess.nn;

import static dev.dualprocess.nn.Reference.assertGradient;
import static dev.dualprocess.nn.Reference.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dualprocess.tensor.Noise;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class GatedMlpTest {
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
}
