package dev.dualprocess.qwen25vl;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.vqa.ImageLayout;

/**
 * An image in patches; squares of {@code merge} x {@code merge} patches become one image token.
 *
 * @param height rows of patches, a multiple of {@code merge}
 * @param width columns of patches, a multiple of {@code merge}
 * @param merge side of the square
 */
record Grid(int height, int width, int merge) implements ImageLayout {
  Grid {
    boolean squares = height % merge == 0 && width % merge == 0;
    if (height < merge || width < merge || !squares) {
      throw new IllegalArgumentException(
          "a grid of %dx%d patches does not divide into squares of %d"
              .formatted(height, width, merge));
    }
  }

  /** The grid of an image of that many pixels. */
  static Grid of(ImageSize size, VisionConfig config) {
    int p = config.patchSize();
    return new Grid(size.height() / p, size.width() / p, config.spatialMergeSize());
  }

  int patches() {
    return height * width;
  }

  /** Rows of image tokens. */
  int tokenRows() {
    return height / merge;
  }

  /** Columns of image tokens. */
  int tokenColumns() {
    return width / merge;
  }

  @Override
  public int tokens() {
    return tokenRows() * tokenColumns();
  }

  @Override
  public PromptPositions positions(int start) {
    return new PromptPositions(start, this);
  }
}
