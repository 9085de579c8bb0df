package dev.dualprocess.qwen3vl;

import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.qwen.Grid;
import dev.dualprocess.qwen.PatchRope;
import dev.dualprocess.qwen.Segment;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.TensorOwner;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/** What the vision tower needs to know of a grid: where each patch is. Owns its tensors. */
final class VisionLayout implements AutoCloseable {
  private final TensorOwner owner = new TensorOwner();
  private final Grid grid;
  private final Tensor positions; // [N, D]
  private final RotaryEmbedding rope; // cos and sin [N, 1, 1, headDim]

  private VisionLayout(Grid grid, VisionConfig config, PositionTable table) {
    this.grid = grid;
    positions = owner.own(table.of(grid));
    long[] tokens = LongStream.range(0, grid.tokens()).toArray();
    Tensor angles = PatchRope.angles(tokens, grid, config.headDim());
    RotaryEmbedding turn = RotaryEmbedding.ofAngles(table.placement().placeFloat32(angles));
    rope = new RotaryEmbedding(owner.own(turn.cos()), owner.own(turn.sin()));
  }

  /** Makes the layout of a grid on the table's device; the caller closes it. */
  static VisionLayout of(Grid grid, VisionConfig config, PositionTable table) {
    VisionLayout[] made = new VisionLayout[1];
    Memory.withoutGrad(() -> made[0] = new VisionLayout(grid, config, table));
    return made[0];
  }

  Grid grid() {
    return grid;
  }

  /** The learned positions, which are added to the patches. */
  Tensor positions() {
    return positions;
  }

  RotaryEmbedding rope() {
    return rope;
  }

  /** Every patch attends to all of them. */
  List<Segment> whole() {
    return Segment.whole(grid.patches());
  }

  @Override
  public void close() {
    owner.close();
  }
}
