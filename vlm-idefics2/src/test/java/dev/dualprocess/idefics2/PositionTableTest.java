package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.idefics.PositionTable;
import dev.dualprocess.idefics.VisionConfig;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Which vector of the table a patch has. */
class PositionTableTest {
  @Test
  void bucketsAreThoseOfTheOriginal() {
    int checked = 0;
    for (Map.Entry<String, JsonNode> table :
        Fixtures.json("vlm/idefics2_position_buckets.json").get("tables").properties()) {
      int side = Integer.parseInt(table.getKey());
      for (Map.Entry<String, JsonNode> row : table.getValue().properties()) {
        int patches = Integer.parseInt(row.getKey());
        assertArrayEquals(
            Fixtures.longs(row.getValue().get("buckets")),
            Arrays.stream(PositionTable.buckets(patches, side)).asLongStream().toArray(),
            () -> patches + " patches in a table of " + side);
        checked++;
      }
    }
    assertTrue(checked > 0, "no table found");
  }

  @Property
  void bucketsRiseAndSpreadOverTheTable(
      @ForAll @IntRange(min = 1, max = 300) int patches,
      @ForAll @IntRange(min = 1, max = 100) int side) {
    int[] buckets = PositionTable.buckets(patches, side);
    assertEquals(0, buckets[0]);
    for (int i = 0; i < patches; i++) {
      assertEquals((double) i * side / patches, buckets[i] + 0.5, 0.5 + 1e-4);
      assertTrue(buckets[i] < side && (i == 0 || buckets[i] >= buckets[i - 1]));
    }
  }

  /** Row times n plus column, also when the kept grid is replaced by its transpose. */
  @Test
  void rowsComeBeforeColumns() throws IOException {
    VisionConfig config =
        Idefics2Config.read(new Idefics2Family().checkpoint().resolve("config.json")).vision();
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner();
        Checkpoint checkpoint = Checkpoint.open(new Idefics2Family().checkpoint())) {
      Weights weights =
          Weights.of(checkpoint, Placement.CPU, owner)
              .in("model")
              .in("vision_model")
              .in("embeddings")
              .in("position_embedding");
      int n = config.positionsPerSide();
      Tensor all = weights.tensor("weight", (long) n * n, config.hiddenSize());
      try (PositionTable table = PositionTable.load(weights, config)) {
        for (int[] grid : new int[][] {{n, n}, {n, 1}, {1, n}, {2, 3}, {3, 2}, {3, 2}}) {
          long[] wanted = ids(grid[0], grid[1], n);
          Golden.assertClose(
              grid[0] + " rows of " + grid[1],
              all.index_select(0, Ops.longs(wanted, wanted.length)),
              table.of(grid[0], grid[1]),
              0);
        }
      }
    }
  }

  private static long[] ids(int rows, int columns, int n) {
    int[] across = PositionTable.buckets(columns, n);
    return Arrays.stream(PositionTable.buckets(rows, n))
        .flatMap(row -> Arrays.stream(across).map(column -> row * n + column))
        .asLongStream()
        .toArray();
  }
}
