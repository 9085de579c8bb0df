package dev.dualprocess.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class FrozenWeightTest {
  @Test
  void eightBitsAreWithinHalfAStepOfEachChannel() {
    try (PointerScope scope = new PointerScope()) {
      Tensor w = Noise.randn(1, 6, 3, 2, 2).mul(Noise.randn(2, 6, 1, 1, 1).exp());
      FrozenWeight eight = FrozenWeight.inEightBits(w);
      assertEquals(1, eight.values().element_size());
      float[] error = Ops.toFloats(eight.whole().sub(w).abs());
      float[] step = Ops.toFloats(eight.scale().expand(6, 3, 2, 2).contiguous());
      for (int i = 0; i < error.length; i++) {
        assertTrue(error[i] <= 0.5001f * step[i], error[i] + " of " + step[i]);
      }
    }
  }

  @Test
  void aRowOfZerosStaysZero() {
    try (PointerScope scope = new PointerScope()) {
      FrozenWeight eight = FrozenWeight.inEightBits(Ops.floats(new float[] {0, 0, 1, -2}, 2, 2));
      assertArrayEquals(new float[] {0, 0, 1, -2}, Ops.toFloats(eight.whole()), 0.01f);
    }
  }

  @Test
  void randomWeightsDependOnSeedAndKeyAlone() throws IOException {
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      float[] first = Ops.toFloats(random(1, owner, "b", "a"));
      float[] again = Ops.toFloats(random(1, owner, "a"));
      float[] other = Ops.toFloats(random(2, owner, "a"));
      assertArrayEquals(first, again);
      assertTrue(Math.abs(first[0] - other[0]) > 1e-9);
      double square = 0;
      for (float v : first) {
        square += v * v / first.length;
      }
      assertEquals(1.0 / 64, square, 0.1 / 64); // of variance 1 / fan-in
    }
  }

  private static Tensor random(long seed, TensorOwner owner, String... keys) throws IOException {
    return WeightSource.random(seed)
        .build(
            Path.of("none"),
            new Placement("cpu", Dtype.BFLOAT16),
            owner,
            WeightSource.Renaming.NONE,
            weights -> {
              Tensor last = null;
              for (String key : keys) {
                last = weights.in(key).tensor("weight", 64, 64);
              }
              assertEquals(Dtype.BFLOAT16, Dtype.of(last));
              return last;
            });
  }
}
