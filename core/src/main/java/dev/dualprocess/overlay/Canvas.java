package dev.dualprocess.overlay;

import dev.dualprocess.ImageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/** Blank paper for drawings. */
final class Canvas {
  private Canvas() {}

  static BufferedImage white(ImageSize size) {
    BufferedImage canvas =
        new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D brush = canvas.createGraphics();
    brush.setColor(Color.WHITE);
    brush.fillRect(0, 0, size.width(), size.height());
    brush.dispose();
    return canvas;
  }
}
