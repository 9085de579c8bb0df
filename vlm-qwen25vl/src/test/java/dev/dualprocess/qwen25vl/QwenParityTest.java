package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.testing.VlmCase;
import dev.dualprocess.testing.VlmParity;
import dev.dualprocess.vqa.ImageProcessor;
import dev.dualprocess.vqa.ImageSpan;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden case, and the windows and positions in three dimensions of this family. */
class QwenParityTest extends VlmParity {
  private final Qwen25Vl family = new QwenFamily().architecture();
  private final VisionConfig vision = family.config().vision();

  QwenParityTest() {
    super(new QwenFamily(), "visual_output");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void patchesAreThoseOfTheAuthors(VlmCase c) {
    try (ImageProcessor processor =
        new ImageProcessor(family.imageSizing(), family.imageStatistics(), Parity.placement())) {
      Tensor pixels = processor.pixels(shown(c), Resizing.AUTHORS);
      Grid grid = Grid.of(Pixels.sizeOf(pixels), vision);
      Tensor patches = Patches.of(pixels, grid, vision);
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
    ImageSpan image = ImageSpan.of(ids, family.chat().imageToken(), grid.tokens());
    PromptPositions where = grid.positions(image.start());
    long[] positions =
        LongStream.range(0, 3L * ids.length)
            .map(i -> where.at((int) i / ids.length, (int) i % ids.length))
            .toArray();
    golden().assertSame(c.key() + ".position_ids_3d", Ops.longs(positions, positions.length));
    assertEquals(c.fields().get("rope_delta").asInt(), where.delta());
  }
}
