package dev.dualprocess.qwen3vl;

import dev.dualprocess.qwen.Grid;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;

/**
 * Between which entries of a square table each patch of a grid stands, the grid stretched over the
 * table so that the corners of both meet. Patches stand square by square; corner 0 is the entry
 * above left of each, 1 above right, 2 below left, 3 below right.
 */
final class Corners {
  /** How many corners there are. */
  static final int COUNT = 4;

  private final long[][] indices; // [corner][patch]
  private final float[][] weights;

  private Corners(int patches) {
    indices = new long[COUNT][patches];
    weights = new float[COUNT][patches];
  }

  /** Where the patches of a grid stand in a table of {@code side} rows and columns. */
  static Corners of(Grid grid, int side) {
    float[] rows = coordinates(side, grid.height());
    float[] columns = coordinates(side, grid.width());
    Corners corners = new Corners(grid.patches());
    int square = grid.merge() * grid.merge();
    for (int patch = 0; patch < grid.patches(); patch++) {
      float row = rows[grid.row(patch / square, patch % square)];
      float column = columns[grid.column(patch / square, patch % square)];
      for (int corner = 0; corner < COUNT; corner++) {
        int below = corner / 2;
        int right = corner % 2;
        corners.indices[corner][patch] =
            (long) entry(row, below, side) * side + entry(column, right, side);
        corners.weights[corner][patch] = share(row, below) * share(column, right);
      }
    }
    return corners;
  }

  /** The entry at a corner of each patch, row-major in the table. */
  long[] indices(int corner) {
    return indices[corner];
  }

  /** By how much that entry counts for each patch. */
  float[] weights(int corner) {
    return weights[corner];
  }

  /** In torch's own fp32, in which the original computes them. */
  private static float[] coordinates(int side, int count) {
    return Ops.toFloats(torch.linspace(new Scalar(0), new Scalar(side - 1), count));
  }

  private static int entry(float coordinate, int next, int side) {
    return Math.min((int) coordinate + next, side - 1);
  }

  private static float share(float coordinate, int next) {
    float fraction = coordinate - (int) coordinate;
    return next == 1 ? fraction : 1 - fraction;
  }
}
