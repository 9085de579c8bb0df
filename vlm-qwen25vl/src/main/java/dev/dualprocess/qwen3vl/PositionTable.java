package dev.dualprocess.qwen3vl;

import dev.dualprocess.qwen.Grid;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * The learned positions of patches: a square table that is read between its entries.
 *
 * @param weight [entries, D]
 * @param side rows and columns of the square
 * @param placement of what is read
 */
record PositionTable(Tensor weight, int side, Placement placement) {
  static PositionTable load(Weights weights, VisionConfig config) {
    return new PositionTable(
        weights.tensor("weight", config.numPositionEmbeddings(), config.hiddenSize()),
        config.positionSide(),
        weights.placement());
  }

  /** The positions of a grid's patches, square by square, [N, D]. */
  Tensor of(Grid grid) {
    Corners corners = Corners.of(grid, side);
    Tensor sum = corner(corners, 0);
    for (int i = 1; i < Corners.COUNT; i++) {
      sum = sum.add(corner(corners, i));
    }
    return sum;
  }

  private Tensor corner(Corners corners, int i) {
    long[] indices = corners.indices(i);
    Tensor entries = weight.index_select(0, placement.place(Ops.longs(indices, indices.length)));
    return entries.mul(placement.place(Ops.floats(corners.weights(i), indices.length, 1)));
  }
}
