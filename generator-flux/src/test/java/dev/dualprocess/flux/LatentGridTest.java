package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

class LatentGridTest {
  @Property(tries = 100)
  void unpackUndoesPack(
      @ForAll @IntRange(min = 1, max = 7) int rows,
      @ForAll @IntRange(min = 1, max = 7) int columns,
      @ForAll @IntRange(min = 1, max = 5) int channels,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll long seed) {
    try (PointerScope scope = new PointerScope()) {
      LatentGrid grid = new LatentGrid(rows, columns);
      Tensor latents = Noise.randn(seed, batch, channels, 2L * rows, 2L * columns);
      Tensor packed = grid.pack(latents);
      assertArrayEquals(new long[] {batch, grid.tokens(), 4L * channels}, packed.shape());
      Tensor back = grid.unpack(packed);
      assertArrayEquals(latents.shape(), back.shape());
      assertArrayEquals(Ops.toFloats(latents), Ops.toFloats(back));
    }
  }

  @Property(tries = 100)
  void aTokenHoldsThePatchAtItsPosition(
      @ForAll @IntRange(min = 1, max = 7) int rows,
      @ForAll @IntRange(min = 1, max = 7) int columns,
      @ForAll @IntRange(min = 0, max = 6) int row,
      @ForAll @IntRange(min = 0, max = 6) int column,
      @ForAll @IntRange(min = 1, max = 3) int channels) {
    int r = row % rows;
    int c = column % columns;
    try (PointerScope scope = new PointerScope()) {
      LatentGrid grid = new LatentGrid(rows, columns);
      Tensor latents = Noise.randn(0, 1, channels, 2L * rows, 2L * columns);
      Tensor patch = latents.narrow(2, 2L * r, 2).narrow(3, 2L * c, 2); // [1, C, 2, 2]
      Tensor token = grid.pack(latents).select(1, (long) r * columns + c);
      assertArrayEquals(Ops.toFloats(patch), Ops.toFloats(token));
      float[] ids = Ops.toFloats(Rope.ids(5, rows, columns).select(0, 5L + (long) r * columns + c));
      assertArrayEquals(new float[] {0, r, c}, ids);
    }
  }

  @Property(tries = 50)
  void aGridCoversTheImage(
      @ForAll @IntRange(min = 1, max = 64) int rows,
      @ForAll @IntRange(min = 1, max = 64) int columns) {
    LatentGrid grid = LatentGrid.of(new ImageSize(16 * rows, 16 * columns), 16);
    assertEquals(new LatentGrid(rows, columns), grid);
  }
}
