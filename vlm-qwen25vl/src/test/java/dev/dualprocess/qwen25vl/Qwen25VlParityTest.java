package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.primitives.Longs;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.qwen.Grid;
import dev.dualprocess.qwen.Patches;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.testing.VlmCase;
import dev.dualprocess.testing.VlmParity;
import dev.dualprocess.vqa.ImageProcessor;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden case, and the windows and positions in three dimensions of this family. */
class Qwen25VlParityTest extends VlmParity {
  private final Qwen25Vl family = new Qwen25Family().architecture();
  private final VisionConfig vision = family.config().vision();

  Qwen25VlParityTest() {
    super(new Qwen25Family(), "visual_output");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void patchesAreThoseOfTheAuthors(VlmCase c) {
    try (ImageProcessor processor =
        new ImageProcessor(family.imageSizing(), family.imageStatistics(), Parity.placement())) {
      Tensor pixels = processor.pixels(shown(c), Resizing.AUTHORS);
      Grid grid = Grid.of(Pixels.sizeOf(pixels), vision.patches());
      Tensor patches = Patches.of(pixels, grid, vision.patches());
      golden().assertClose(c.imageKey() + ".pixel_values", patches.unsqueeze(0), OUTPUT);
      assertArrayEquals(
          Fixtures.longs(c.fields().get("image_grid_thw").get(0)),
          new long[] {1, grid.height(), grid.width()});
      assertEquals(grid, seen(c).layout());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void windowsAndPositionsAreTheSame(VlmCase c) {
    assumeTrue(golden().has(c.key() + ".window_index"), "given for the first question only");
    long[] sides = Fixtures.longs(c.fields().get("image_grid_thw").get(0));
    Grid grid = new Grid((int) sides[1], (int) sides[2], vision.spatialMergeSize());
    Windows windows = Windows.of(grid, vision.windowTokens());
    long[] index = windows.windowIndex();
    golden().assertSame(c.key() + ".window_index", Ops.longs(index, index.length));
    long[] ends = windows.cuWindowSeqlens(grid.merge() * grid.merge());
    golden().assertSame(c.key() + ".cu_window_seqlens", Ops.longs(ends, ends.length));

    long[] ids = prompt(c, seen(c)).inputIds().toArray();
    long[] positions = new Qwen25Family().positions(ids, grid);
    golden().assertSame(c.key() + ".position_ids_3d", Ops.longs(positions, positions.length));
    int start = Longs.indexOf(ids, family.imageTokenId());
    assertEquals(c.fields().get("rope_delta").asInt(), grid.positions(start).delta());
  }
}
