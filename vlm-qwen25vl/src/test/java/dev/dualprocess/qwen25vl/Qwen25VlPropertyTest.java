package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.qwen.Grid;
import dev.dualprocess.qwen.QwenProperties;
import dev.dualprocess.qwen.Segment;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds for images of any size: as for every Qwen-VL, and of windows here. */
class Qwen25VlPropertyTest extends QwenProperties {
  Qwen25VlPropertyTest() {
    super(new Qwen25Family());
  }

  /** Every window is a rectangle of its own, and together they are the grid. */
  @Property
  void windowsPartTheGrid(
      @ForAll @IntRange(min = 1, max = 30) int rows,
      @ForAll @IntRange(min = 1, max = 30) int columns,
      @ForAll @IntRange(min = 1, max = 9) int side) {
    Grid grid = new Grid(2 * rows, 2 * columns, 2);
    Windows windows = Windows.of(grid, side);
    for (Windows w : List.of(windows, windows.groupedBySize())) {
      long[] index = w.windowIndex();
      Arrays.sort(index);
      for (int i = 0; i < index.length; i++) {
        assertEquals(i, index[i]);
      }
      assertEquals(rows * columns, index.length);
      long[] bounds = w.cuWindowSeqlens(4);
      List<Segment> segments = Segment.ofBounds(bounds);
      assertEquals(bounds[bounds.length - 1], segments.stream().mapToLong(Segment::patches).sum());
      assertEquals(bounds.length - 1L, segments.stream().mapToLong(Segment::count).sum());
    }
    List<Segment> grouped = Segment.ofBounds(windows.groupedBySize().cuWindowSeqlens(4));
    assertTrue(grouped.size() <= 4, grouped::toString);
  }
}
