package dev.dualprocess.qwen;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.vqa.ImageLayout;

/**
 * An image in patches; squares of {@code merge} x {@code merge} patches become one image token.
 *
 * @param height rows of patches, a multiple of {@code merge}
 * @param width columns of patches, a multiple of {@code merge}
 * @param merge side of the square
 */
public record Grid(int height, int width, int merge) implements ImageLayout {
  /** Checks that the squares fill it. */
  public Grid {
    boolean squares = height % merge == 0 && width % merge == 0;
    if (height < merge || width < merge || !squares) {
      throw new IllegalArgumentException(
          "a grid of %dx%d patches does not divide into squares of %d"
              .formatted(height, width, merge));
    }
  }

  /** The grid of an image of that many pixels. */
  public static Grid of(ImageSize size, PatchShape shape) {
    int p = shape.patchSize();
    return new Grid(size.height() / p, size.width() / p, shape.spatialMergeSize());
  }

  /** How many patches there are. */
  public int patches() {
    return height * width;
  }

  /** Rows of image tokens. */
  public int tokenRows() {
    return height / merge;
  }

  /** Columns of image tokens. */
  public int tokenColumns() {
    return width / merge;
  }

  @Override
  public int tokens() {
    return tokenRows() * tokenColumns();
  }

  /**
   * The row of the {@code i}th patch of token {@code token}, both in row-major order; patches stand
   * square by square.
   */
  public int row(int token, int i) {
    return token / tokenColumns() * merge + i / merge;
  }

  /** Its column. */
  public int column(int token, int i) {
    return token % tokenColumns() * merge + i % merge;
  }

  @Override
  public PromptPositions positions(int start) {
    return new PromptPositions(start, this);
  }
}
