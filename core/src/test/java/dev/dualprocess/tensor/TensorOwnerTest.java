package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Weights live as long as their model. */
class TensorOwnerTest {
  @Test
  void whatIsOwnedOutlivesScopesAndDiesWithItsOwner() {
    TensorOwner owner = new TensorOwner();
    Tensor owned;
    try (PointerScope scope = new PointerScope()) {
      Tensor given = Ops.floats(new float[] {1, 2}, 2);
      owned = owner.own(given);
      owner.own(given.to(ScalarType.BFloat16));
    }
    assertArrayEquals(new float[] {1, 2}, Ops.toFloats(owned));
    assertEquals(2 * 4 + 2 * 2, owner.bytes());
    owner.close();
    assertTrue(owned.isNull());
    owner.close();
    assertEquals(0, owner.bytes());
  }
}
