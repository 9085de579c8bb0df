package dev.dualprocess.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class EmbeddingTest {
  @Test
  void looksUpARowForEachId() {
    try (PointerScope scope = new PointerScope()) {
      Tensor table = Noise.randn(1, 5, 3);
      Tensor found = new Embedding(table).forward(Ops.longs(new long[] {4, 0, 0, 2}, 2, 2));
      assertArrayEquals(new long[] {2, 2, 3}, found.shape());
      float[] rows = Ops.toFloats(table);
      float[] values = Ops.toFloats(found);
      int[] ids = {4, 0, 0, 2};
      for (int i = 0; i < values.length; i++) {
        assertArrayEquals(new float[] {rows[3 * ids[i / 3] + i % 3]}, new float[] {values[i]});
      }
    }
  }

  @Test
  void refusesIdsOutsideTheTable() {
    try (PointerScope scope = new PointerScope()) {
      Embedding embedding = new Embedding(Noise.randn(1, 5, 3));
      for (long id : new long[] {5, -1}) {
        Tensor ids = Ops.longs(new long[] {id}, 1);
        assertThrows(RuntimeException.class, () -> embedding.forward(ids));
      }
    }
  }
}
