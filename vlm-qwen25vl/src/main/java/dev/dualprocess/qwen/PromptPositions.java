package dev.dualprocess.qwen;

import dev.dualprocess.vqa.Positions;

/**
 * Where each token of a prompt with one image stands: frame, row and column (arXiv 2409.12191,
 * M-RoPE). Text counts on in all three at once; an image token has the frame, row and column in its
 * grid, counted from where the text before it ends; the text after it goes on after the largest.
 *
 * @param imageStart index of the first image token
 * @param grid of the image
 */
public record PromptPositions(int imageStart, Grid grid) implements Positions {
  /** The position of token {@code i} on an axis: 0 frame, 1 row, 2 column. */
  @Override
  public int at(int axis, int i) {
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
  public int delta() {
    return at(0, imageStart + grid.tokens()) - imageStart - grid.tokens();
  }
}
