package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Who lives how long. */
class MemoryTest {
  private static Tensor three() {
    return Ops.floats(new float[] {1, 2, 3}, 3);
  }

  @Test
  void temporariesDieAndTheResultBelongsToTheCallersScope() {
    Tensor[] temporary = new Tensor[1];
    Tensor result;
    try (PointerScope caller = new PointerScope()) {
      result =
          Memory.scoped(
              () -> {
                temporary[0] = three();
                return Ops.mul(temporary[0], 2);
              });
      assertTrue(temporary[0].isNull());
      assertArrayEquals(new float[] {2, 4, 6}, Ops.toFloats(result));
    }
    assertTrue(result.isNull());
  }

  @Test
  void withoutAScopeTheResultBelongsToTheCaller() {
    try (Tensor result = Memory.scoped(() -> Ops.add(three(), 1))) {
      assertArrayEquals(new float[] {2, 3, 4}, Ops.toFloats(result));
    }
  }

  @Test
  void aTensorThatIsHandedThroughSurvivesItsResult() {
    try (Tensor weight = Memory.kept(MemoryTest::three)) {
      Memory.scoped(() -> weight).close();
      try (PointerScope caller = new PointerScope()) {
        Memory.noGrad(() -> weight);
      }
      assertArrayEquals(new float[] {1, 2, 3}, Ops.toFloats(weight));
    }
  }

  @Test
  void severalResultsComeOutTogether() {
    try (PointerScope caller = new PointerScope()) {
      Tensor[] both =
          Memory.scopedAll(() -> new Tensor[] {Ops.add(three(), 1), Ops.mul(three(), 3)});
      assertArrayEquals(new float[] {2, 3, 4}, Ops.toFloats(both[0]));
      assertArrayEquals(new float[] {3, 6, 9}, Ops.toFloats(both[1]));
    }
  }

  @Test
  void whatIsKeptOutlivesEveryScope() {
    Tensor kept;
    try (PointerScope outer = new PointerScope();
        PointerScope inner = new PointerScope()) {
      kept = Memory.kept(() -> Ops.mul(three(), 2));
    }
    assertArrayEquals(new float[] {2, 4, 6}, Ops.toFloats(kept));
    kept.close();
    assertTrue(kept.isNull());
  }

  @Test
  void freeingLeavesNoHandleBehind() {
    Ops.toFloats(Memory.kept(MemoryTest::three)); // loads what is loaded once
    long before = Pointer.totalCount();
    for (int i = 0; i < 20; i++) {
      assertEquals(6, Memory.freeing(() -> Ops.mul(three(), 2).select(0, 2).item_double()));
    }
    assertTrue(Pointer.totalCount() <= before, () -> Pointer.totalCount() + " after " + before);
  }

  @Test
  void anExceptionFreesTheTemporariesToo() {
    Tensor[] temporary = new Tensor[1];
    assertThrows(
        IllegalStateException.class,
        () ->
            Memory.scoped(
                () -> {
                  temporary[0] = three();
                  throw new IllegalStateException("stop");
                }));
    assertTrue(temporary[0].isNull());
  }

  @Test
  void recordingIsSwitchedWhereItSaysSo() {
    try (PointerScope scope = new PointerScope()) {
      Tensor leaf = Ops.leaf(three());
      assertTrue(Ops.mul(leaf, 2).requires_grad());
      assertFalse(Memory.noGrad(() -> Ops.mul(leaf, 2)).requires_grad());
      Memory.withoutGrad(
          () -> {
            assertFalse(Ops.mul(leaf, 2).requires_grad());
            assertTrue(Memory.withGrad(() -> Ops.mul(leaf, 2)).requires_grad());
            assertFalse(Ops.mul(leaf, 2).requires_grad());
          });
      assertTrue(Ops.mul(leaf, 2).requires_grad());
    }
  }
}
