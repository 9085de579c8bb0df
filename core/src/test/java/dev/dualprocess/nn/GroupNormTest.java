package dev.dualprocess.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class GroupNormTest {
  /** Written out, it is what libtorch's own graph does. */
  @Test
  void backwardCarriesTheGradientBack() {
    try (PointerScope scope = new PointerScope()) {
      GroupNorm norm = new GroupNorm(2, Noise.randn(1, 6), Noise.randn(2, 6), 1e-6);
      Tensor x = Noise.randn(3, 2, 6, 4, 4);
      Tensor dy = Noise.randn(4, 2, 6, 4, 4);
      Tensor leaf = Ops.leaf(x);
      Ops.backward(norm.forward(leaf), dy);
      GroupNorm.Normed normed = norm.normed(x);
      assertArrayEquals(Ops.toFloats(norm.forward(x)), Ops.toFloats(normed.y()), 0);
      normed.y().close();
      assertArrayEquals(
          Ops.toFloats(leaf.grad()), Ops.toFloats(norm.backward(x, normed, dy)), 1e-5f);
    }
  }
}
