package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;

/**
 * Where each token of a prompt with one image stands: frame, row and column (arXiv 2409.12191,
 * M-RoPE). Text counts on in all three at once; an image token has the frame, row and column in its
 * grid, counted from where the text before it ends; the text after it goes on after the largest.
 *
 * @param imageStart index of the first image token
 * @param grid of the image
 */
record PromptPositions(int imageStart, Grid grid) {
  /** The position of token {@code i} on an axis: 0 frame, 1 row, 2 column. */
  int at(int axis, int i) {
    int within = i - imageStart;
    if (within < 0) {
      return i;
    }
    if (within >= grid.tokens()) {
      return imageStart + Math.max(grid.tokenRows(), grid.tokenColumns()) + within - grid.tokens();
    }
    return switch (axis) {
      case 0 -> imageStart;
      case 1 -> imageStart + within / grid.tokenColumns();
      default -> imageStart + within % grid.tokenColumns();
    };
  }

  /** By how much the next token's position differs from its index; 0 or less. */
  int delta() {
    return at(0, imageStart + grid.tokens()) - imageStart - grid.tokens();
  }

  /**
   * The rotary embedding of the tokens from {@code first} to before {@code end}; cos and sin
   * [tokens, headDim].
   */
  RotaryEmbedding rope(int first, int end, TextConfig config, Placement placement) {
    RopeParameters parameters = config.ropeParameters();
    float[] frequencies =
        Ops.toFloats(RotaryEmbedding.inverseFrequencies(config.headDim(), parameters.ropeTheta()));
    float[] angles = new float[(end - first) * frequencies.length];
    for (int f = 0; f < frequencies.length; f++) {
      int axis = parameters.axisOf(f);
      for (int i = first; i < end; i++) {
        angles[(i - first) * frequencies.length + f] = at(axis, i) * frequencies[f];
      }
    }
    return RotaryEmbedding.ofAngles(
        placement.placeFloat32(Ops.floats(angles, end - first, frequencies.length)));
  }
}
