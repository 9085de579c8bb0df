package dev.dualprocess.qwen3vl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.qwen.Grid;
import dev.dualprocess.qwen.QwenProperties;
import dev.dualprocess.tensor.Memory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds for images of any size: as for every Qwen-VL, and of learned positions here. */
class Qwen3VlPropertyTest extends QwenProperties {
  Qwen3VlPropertyTest() {
    super(new Qwen3Family());
  }

  /** What is read between entries of a table that is linear in row and column is linear too. */
  @Property(tries = 100)
  void positionsAreReadWhereTheyStand(
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll @IntRange(min = 1, max = 20) int columns,
      @ForAll @IntRange(min = 1, max = 3) int merge,
      @ForAll @IntRange(min = 1, max = 50) int side) {
    Grid grid = new Grid(rows * merge, columns * merge, merge);
    Corners corners = Memory.freeing(() -> Corners.of(grid, side));
    int square = merge * merge;
    for (int patch = 0; patch < grid.patches(); patch++) {
      double row = 0;
      double column = 0;
      for (int corner = 0; corner < Corners.COUNT; corner++) {
        int entry = Math.toIntExact(corners.indices(corner)[patch]);
        float weight = corners.weights(corner)[patch];
        assertTrue(entry >= 0 && entry < side * side && weight >= 0 && weight <= 1);
        int entryRow = entry / side;
        row += weight * entryRow;
        column += weight * (entry - entryRow * side);
      }
      int token = patch / square;
      assertEquals(
          stretched(grid.row(token, patch % square), grid.height(), side), row, 1e-4 * side);
      assertEquals(
          stretched(grid.column(token, patch % square), grid.width(), side), column, 1e-4 * side);
    }
  }

  private static double stretched(int at, int count, int side) {
    return count == 1 ? 0 : (double) at * (side - 1) / (count - 1);
  }
}
