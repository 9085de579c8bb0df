package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Tensors in training are parts of one vector. */
class ParametersTest {
  @Test
  void tensorsAreViewsAndGradientsLandInTheFlatVector() {
    try (PointerScope scope = new PointerScope()) {
      Tensor a = Ops.floats(new float[] {1, 2, 3, 4}, 2, 2);
      Tensor b = Ops.floats(new float[] {5, 6}, 2);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put("a", a);
      tensors.put("b", b);
      try (Parameters parameters = new Parameters(tensors)) {
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, Ops.toFloats(parameters.flat()));
        Memory.withoutGrad(() -> parameters.flat().mul_(new Scalar(10.0)));
        assertArrayEquals(new float[] {10, 20, 30, 40}, Ops.toFloats(a.detach()));
        assertArrayEquals(new float[] {50, 60}, Ops.toFloats(b.detach()));

        // Σ a² + 3 Σ b, twice: gradients add up.
        for (int i = 1; i <= 2; i++) {
          a.square().sum().add(Ops.mul(b.sum(), 3)).backward();
          assertArrayEquals(
              new float[] {20 * i, 40 * i, 60 * i, 80 * i, 3 * i, 3 * i},
              Ops.toFloats(parameters.gradient()));
        }
        Memory.withoutGrad(() -> parameters.gradient().zero_());
        assertArrayEquals(new float[4], Ops.toFloats(a.grad().flatten()));
        assertArrayEquals(new float[2], Ops.toFloats(b.grad()));
      }
    }
  }
}
