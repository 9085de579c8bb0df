package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LayerSequenceTest {
  private static final float[] VALUES = {1, -2, 3};

  @Test
  void withoutLayersItIsTheIdentity() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Ops.floats(VALUES, 3);
      assertArrayEquals(
          VALUES, Ops.toFloats(new LayerSequence(List.of(), new Blocks()).forward(x)));
    }
  }

  /** Only the input and the result are left, and the gradient still flows. */
  @Test
  void letsGoOfWhatLiesBetween() {
    List<Tensor> seen = new ArrayList<>();
    Layer square =
        x -> {
          seen.add(x);
          return x.mul(x);
        };
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Ops.leaf(Ops.floats(VALUES, 3));
      Tensor y = new LayerSequence(List.of(square, square, square), new Blocks()).forward(x);
      assertTrue(seen.stream().allMatch(handle -> handle.isNull()), "freed");
      assertArrayEquals(new float[] {1, 256, 6561}, Ops.toFloats(y));
      Ops.backward(y, Ops.floats(new float[] {1, 1, 1}, 3));
      assertArrayEquals(new float[] {8, -1024, 17496}, Ops.toFloats(x.grad())); // 8 x^7
      assertArrayEquals(VALUES, Ops.toFloats(x));
    }
  }
}
