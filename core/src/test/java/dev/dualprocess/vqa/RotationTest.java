package dev.dualprocess.vqa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

/** By which angle each number of a head turns. */
class RotationTest {
  private static final double THETA = 100;

  private static void assertCos(double[] angles, RotaryEmbedding rope) {
    float[] found = Ops.toFloats(rope.cos());
    assertEquals(angles.length, found.length);
    for (int i = 0; i < found.length; i++) {
      assertEquals(Math.cos(angles[i]), found[i], 1e-6, "angle " + i);
    }
  }

  /** theta^(-2f / 4) is 1 and 1/10; both halves of a head have the same angles. */
  @Test
  void tokensInLineTurnByTheirIndex() {
    try (PointerScope scope = new PointerScope()) {
      RotaryEmbedding rope = Rotation.plain(4, THETA).rope(Positions.IN_LINE, 3, 5, Placement.CPU);
      assertArrayEquals(new long[] {2, 4}, rope.cos().shape());
      assertCos(new double[] {3, 0.3, 3, 0.3, 4, 0.4, 4, 0.4}, rope);
    }
  }

  @Test
  void everyFrequencyCountsOnItsAxis() {
    try (PointerScope scope = new PointerScope()) {
      Rotation rotation = new Rotation(4, THETA, f -> f + 1);
      assertCos(
          new double[] {10, 2, 10, 2, 11, 2.1, 11, 2.1},
          rotation.rope((axis, i) -> 10 * axis + i, 0, 2, Placement.CPU));
    }
  }
}
