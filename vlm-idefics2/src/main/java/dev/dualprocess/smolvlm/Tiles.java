package dev.dualprocess.smolvlm;

import dev.dualprocess.vqa.ImageLayout;

/**
 * An image as tiles: rows and columns of it, each tile announced by its place, then the whole.
 *
 * @param rows of tiles, 0 where the whole is all there is
 * @param columns of tiles, 0 where the whole is all there is
 * @param tokensEach how many image tokens a tile is
 */
record Tiles(int rows, int columns, int tokensEach) implements ImageLayout {
  private static final String BORDER = "<fake_token_around_image>";
  private static final String WHOLE = "<global-img>";
  private static final String PLACE = "<row_%d_col_%d>";

  @Override
  public int tokens() {
    return runs() * tokensEach;
  }

  @Override
  public int runs() {
    return rows * columns + 1;
  }

  @Override
  public String text(String imageToken) {
    String tile = imageToken.repeat(tokensEach);
    StringBuilder text = new StringBuilder();
    for (int row = 1; row <= rows; row++) {
      for (int column = 1; column <= columns; column++) {
        text.append(BORDER).append(PLACE.formatted(row, column)).append(tile);
      }
      text.append('\n');
    }
    if (rows > 0) {
      text.append('\n');
    }
    return text.append(BORDER).append(WHOLE).append(tile).append(BORDER).toString();
  }
}
