package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.VlmCase;
import dev.dualprocess.testing.VlmParity;
import dev.dualprocess.vqa.ImageSpan;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden case, and the windows and positions in three dimensions of this family. */
class QwenParityTest extends VlmParity<Qwen25Vl> {
  QwenParityTest() {
    super(new QwenFamily(), "visual_output");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void patchesAreThoseOfTheAuthors(VlmCase c) {
    Patches patches = model().patches(shown(c), Resizing.AUTHORS);
    golden().assertClose(c.imageKey() + ".pixel_values", patches.pixels().unsqueeze(0), OUTPUT);
    Grid grid = patches.grid();
    assertArrayEquals(
        Fixtures.longs(c.fields().get("image_grid_thw").get(0)),
        new long[] {1, grid.height(), grid.width()});
  }

  @ParameterizedTest
  @MethodSource("cases")
  void windowsAndPositionsAreTheSame(VlmCase c) {
    assumeTrue(golden().has(c.key() + ".window_index"), "given for the first question only");
    Grid grid = ((QwenView) view(c)).grid();
    Windows windows = Windows.of(grid, model().config().vision().windowTokens());
    long[] index = windows.windowIndex();
    golden().assertSame(c.key() + ".window_index", Ops.longs(index, index.length));
    long[] ends = windows.cuWindowSeqlens(grid.merge() * grid.merge());
    golden().assertSame(c.key() + ".cu_window_seqlens", Ops.longs(ends, ends.length));

    long[] ids = prompt(c, view(c)).inputIds().toArray();
    long imageTokenId = model().config().imageTokenId();
    ImageSpan image = ImageSpan.of(ids, imageTokenId, Qwen25Vl.IMAGE_TOKEN, grid.tokens());
    PromptPositions where = new PromptPositions(image.start(), grid);
    long[] positions =
        LongStream.range(0, 3L * ids.length)
            .map(i -> where.at((int) i / ids.length, (int) i % ids.length))
            .toArray();
    golden().assertSame(c.key() + ".position_ids_3d", Ops.longs(positions, positions.length));
    assertEquals(c.fields().get("rope_delta").asInt(), where.delta());
  }
}
