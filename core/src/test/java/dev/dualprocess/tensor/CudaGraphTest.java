package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Recorded passes on a device give the numbers of passes that are not, and leave nothing behind.
 */
@Tag("gpu")
class CudaGraphTest {
  private static final Placement GPU = Placement.on("cuda:0");

  @Test
  void replayedNumbersAreTheSame() {
    long before = CudaMemory.used(GPU);
    try (RepeatedPasses passes = new RepeatedPasses(GPU)) {
      try (GraphedPasses graphed = GraphedPasses.on(GPU)) {
        for (int i = 0; i < 20; i++) {
          passes.assertNextIsTheSame(graphed, "a", UnaryOperator.identity());
          passes.assertNextIsTheSame(graphed, "b", x -> Ops.softmax(Ops.mul(x, 3)));
        }
        assertEquals(2, graphed.recorded());
      }
    }
    assertTrue(CudaMemory.used(GPU) - before < 100 << 20, "workspaces of matrix products at most");
  }

  @Test
  void aPassThatReadsANumberIsComputedAsEver() {
    try (RepeatedPasses passes = new RepeatedPasses(GPU);
        GraphedPasses graphed = GraphedPasses.on(GPU)) {
      for (int i = 0; i < 5; i++) {
        passes.assertNextIsTheSame(graphed, "reads", x -> Ops.mul(x, x.sum().item_double()));
        passes.assertNextIsTheSame(graphed, "a", UnaryOperator.identity());
      }
      assertEquals(1, graphed.recorded());
    }
  }

  @Test
  void aPassThatCopiesToTheDeviceIsComputedAsEver() {
    try (RepeatedPasses passes = new RepeatedPasses(GPU);
        GraphedPasses graphed = GraphedPasses.on(GPU)) {
      for (int i = 0; i < 5; i++) {
        passes.assertNextIsTheSame(
            graphed, "copies", x -> x.add(GPU.placeFloat32(Ops.floats(new float[] {3}, 1))));
        passes.assertNextIsTheSame(graphed, "a", UnaryOperator.identity());
      }
    }
  }
}
