package dev.dualprocess.image;

import java.awt.image.BufferedImage;

/** How a picture was held when it was stored, in the order of EXIF's numbers from 1. */
enum Orientation {
  NORMAL(false, false, false),
  MIRRORED(false, true, false),
  UPSIDE_DOWN(false, true, true),
  FLIPPED(false, false, true),
  TRANSPOSED(true, false, false),
  TURNED_RIGHT(true, false, true),
  TRANSVERSED(true, true, true),
  TURNED_LEFT(true, true, false);

  private final boolean swapped; // rows are columns
  private final boolean fromRight;
  private final boolean fromBottom;

  Orientation(boolean swapped, boolean fromRight, boolean fromBottom) {
    this.swapped = swapped;
    this.fromRight = fromRight;
    this.fromBottom = fromBottom;
  }

  /** Of EXIF's number; any other is no reason to turn anything. */
  static Orientation of(int number) {
    return number >= 1 && number <= values().length ? values()[number - 1] : NORMAL;
  }

  /** The picture as it should be seen; it is of type INT_RGB or INT_ARGB. */
  BufferedImage upright(BufferedImage stored) {
    if (this == NORMAL) {
      return stored;
    }
    int width = stored.getWidth();
    int height = stored.getHeight();
    int across = swapped ? height : width;
    int down = swapped ? width : height;
    int[] from = CopiedValues.argb(stored);
    int[] to = new int[from.length];
    for (int i = 0; i < to.length; i++) {
      int x = swapped ? i / across : i % across;
      int y = swapped ? i % across : i / across;
      to[i] = from[(fromBottom ? height - 1 - y : y) * width + (fromRight ? width - 1 - x : x)];
    }
    return CopiedValues.picture(to, across, down, stored.getColorModel().hasAlpha());
  }
}
