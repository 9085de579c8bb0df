package dev.dualprocess.image;

import java.awt.image.BufferedImage;

/** First frames of animations. */
final class Frames {
  private Frames() {}

  /** A frame with its upper left corner there, on a see-through canvas if it does not fill it. */
  static BufferedImage onCanvas(BufferedImage frame, int left, int top, int width, int height) {
    int[] argb = CopiedValues.argb(frame);
    boolean alpha = frame.getColorModel().hasAlpha();
    int across = frame.getWidth();
    int down = frame.getHeight();
    if (across == width && down == height) {
      return CopiedValues.picture(argb, width, height, alpha);
    }
    int[] canvas = new int[width * height];
    for (int y = 0; y < down; y++) {
      System.arraycopy(argb, y * across, canvas, (top + y) * width + left, across);
    }
    return CopiedValues.picture(canvas, width, height, true);
  }
}
