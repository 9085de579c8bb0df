package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The same passes with and without recording, each of other inputs, and what both come to. */
final class RepeatedPasses implements AutoCloseable {
  private final Placement where;
  private final TensorOwner owner = new TensorOwner();
  private final Tensor weight;
  private final Tensor plain;
  private final Tensor repeated;
  private long seed = 100;

  RepeatedPasses(Placement where) {
    this.where = where;
    weight = owner.own(where.placeFloat32(Noise.randn(1, 40, 30)));
    plain = owner.own(torch.zeros_like(weight));
    repeated = owner.own(torch.zeros_like(weight));
  }

  /** The next pass by {@code passes} and without them: results and gradients are equal. */
  void assertNextIsTheSame(GraphedPasses passes, Object key, UnaryOperator<Tensor> first) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = where.placeFloat32(Noise.randn(seed++, 20, 40));
      Tensor dy = where.placeFloat32(Noise.randn(seed++, 20, 30));
      float[] wanted = ran(new LearningPass(weight, plain, first), x, dy);
      float[] got = ran(passes.next(key, () -> new LearningPass(weight, repeated, first)), x, dy);
      assertArrayEquals(wanted, got);
      assertArrayEquals(Ops.toFloats(plain), Ops.toFloats(repeated));
    }
  }

  /** What a recording's rehearsal left is not counted: its gradient is zero. */
  private static float[] ran(GraphedPasses.Pass pass, Tensor x, Tensor dy) {
    try (pass) {
      float[] y = Ops.toFloats(pass.forward(x)[0]);
      pass.backward(dy);
      return y;
    }
  }

  @Override
  public void close() {
    owner.close();
  }
}
