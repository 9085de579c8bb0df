package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.qwen.Grid;
import dev.dualprocess.qwen.PatchRope;
import dev.dualprocess.qwen.Segment;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What the vision tower needs to know of a grid: in which order its tokens stand, which of them
 * attend to each other, and where each patch is. Owns its tensors.
 *
 * <p>Tokens stand window by window, windows of equal size side by side. Attention does not care
 * about the order, so where every block attends to the whole image, or there is but one window, the
 * order stays as it is.
 */
final class VisionLayout implements AutoCloseable {
  private final TensorOwner owner = new TensorOwner();
  private final Grid grid;
  private final int batch;
  private final List<Segment> windowed;
  private final List<Segment> whole;
  private final RotaryEmbedding rope; // cos and sin [N, 1, 1, headDim]
  private final @Nullable Tensor order; // int64 [tokens], or null for the order as it is
  private final @Nullable Tensor inverse; // int64 [tokens], undoes it; or null

  private VisionLayout(Grid grid, int batch, VisionConfig config, Placement placement) {
    this.grid = grid;
    this.batch = batch;
    int square = grid.merge() * grid.merge();
    Windows windows = Windows.of(grid, config.windowTokens()).groupedBySize();
    boolean allWhole = IntStream.range(0, config.depth()).allMatch(config::attendsWhole);
    boolean reorder = !allWhole && windows.tokens().size() > 1;
    long[] index = windows.windowIndex();
    if (!reorder) {
      Arrays.setAll(index, i -> i);
    }
    whole = Segment.repeated(Segment.whole(grid.patches()), batch, grid.patches());
    windowed =
        reorder
            ? Segment.repeated(
                Segment.ofBounds(windows.cuWindowSeqlens(square)), batch, grid.patches())
            : whole;
    long[] all = repeated(index);
    order = reorder ? placed(Ops.longs(all, all.length), placement) : null;
    inverse = reorder ? placed(Ops.longs(inverse(all), all.length), placement) : null;
    Tensor angles = PatchRope.angles(index, grid, config.headDim());
    RotaryEmbedding turn =
        RotaryEmbedding.ofAngles(placement.placeFloat32(angles).repeat((long) batch, 1, 1, 1));
    rope = new RotaryEmbedding(owner.own(turn.cos()), owner.own(turn.sin()));
  }

  /** Makes the layout of {@code batch} equal grids on a device; the caller closes it. */
  static VisionLayout of(Grid grid, int batch, VisionConfig config, Placement placement) {
    VisionLayout[] made = new VisionLayout[1];
    Memory.withoutGrad(() -> made[0] = new VisionLayout(grid, batch, config, placement));
    return made[0];
  }

  /** The order of one image's tokens, for every image of the batch. */
  private long[] repeated(long[] index) {
    long[] all = new long[batch * index.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (long) (i / index.length) * index.length + index[i % index.length];
    }
    return all;
  }

  private Tensor placed(Tensor index, Placement placement) {
    return owner.own(placement.place(index));
  }

  private static long[] inverse(long[] index) {
    long[] inverse = new long[index.length];
    for (int i = 0; i < index.length; i++) {
      inverse[(int) index[i]] = i;
    }
    return inverse;
  }

  Grid grid() {
    return grid;
  }

  /** How many images of that grid stand one after the other. */
  int batch() {
    return batch;
  }

  /** The stretches in which a block of the windowed kind attends. */
  List<Segment> windowed() {
    return windowed;
  }

  /** The stretches, one an image, in which a block of the other kind attends. */
  List<Segment> whole() {
    return whole;
  }

  RotaryEmbedding rope() {
    return rope;
  }

  /** x [tokens, ...] from the grid's order to the windows'. */
  Tensor toWindows(Tensor x) {
    return order == null ? x : x.index_select(0, order);
  }

  /** x [tokens, ...] from the windows' order to the grid's. */
  Tensor fromWindows(Tensor x) {
    return inverse == null ? x : x.index_select(0, inverse);
  }

  @Override
  public void close() {
    owner.close();
  }
}
