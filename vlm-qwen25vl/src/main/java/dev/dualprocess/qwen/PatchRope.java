package dev.dualprocess.qwen;

import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * Rotary angles of patches: the first half of the frequencies turns with a patch's row, the second
 * with its column.
 */
public final class PatchRope {
  /** Base of the frequencies; the originals fix it outside their configurations. */
  private static final double THETA = 10_000;

  private PatchRope() {}

  /** Refuses heads whose width is not twice two halves. */
  public static void requireHeads(int hiddenSize, int numHeads) {
    if (hiddenSize % (4L * numHeads) != 0) {
      throw new IllegalArgumentException(
          "vision hidden_size %d: %d heads need a multiple of %d, for rotary angles of rows and columns"
              .formatted(hiddenSize, numHeads, 4L * numHeads));
    }
  }

  /**
   * The angles of the patches of image tokens, on the CPU: fp32 [patches, 1, 1, headDim / 2].
   *
   * @param tokens indices into the grid's row-major order
   */
  public static Tensor angles(long[] tokens, Grid grid, int headDim) {
    int quarter = headDim / 4;
    float[] frequencies = Ops.toFloats(RotaryEmbedding.inverseFrequencies(2L * quarter, THETA));
    float[] angles = new float[grid.patches() * 2 * quarter];
    int at = 0;
    for (long token : tokens) {
      for (int i = 0; i < grid.merge() * grid.merge(); i++) {
        int row = grid.row((int) token, i);
        int column = grid.column((int) token, i);
        for (int f = 0; f < quarter; f++) {
          angles[at + f] = row * frequencies[f];
          angles[at + quarter + f] = column * frequencies[f];
        }
        at += 2 * quarter;
      }
    }
    return Ops.floats(angles, grid.patches(), 1, 1, 2L * quarter);
  }
}
