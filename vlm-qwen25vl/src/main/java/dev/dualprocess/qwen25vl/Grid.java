package dev.dualprocess.qwen25vl;

/**
 * An image in patches; squares of {@code merge} x {@code merge} patches become one image token.
 *
 * @param height rows of patches, a multiple of {@code merge}
 * @param width columns of patches, a multiple of {@code merge}
 * @param merge side of the square
 */
record Grid(int height, int width, int merge) {
  /** Of no image. */
  static final Grid NONE = new Grid(0, 0, 1);

  Grid {
    boolean none = height == 0 && width == 0;
    boolean squares = height % merge == 0 && width % merge == 0;
    if (!none && (height < merge || width < merge || !squares)) {
      throw new IllegalArgumentException(
          "a grid of %dx%d patches does not divide into squares of %d"
              .formatted(height, width, merge));
    }
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

  int tokens() {
    return tokenRows() * tokenColumns();
  }
}
