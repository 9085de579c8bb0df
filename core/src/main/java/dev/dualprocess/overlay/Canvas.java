package dev.dualprocess.overlay;

import dev.dualprocess.image.ImageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.function.Consumer;

/** White paper for drawings: solid overlays see through white. */
final class Canvas {
  private Canvas() {}

  /** A drawing of that size on white. */
  static BufferedImage draw(ImageSize size, Consumer<Graphics2D> drawing) {
    BufferedImage canvas =
        new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = canvas.createGraphics();
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, size.width(), size.height());
    drawing.accept(pen);
    pen.dispose();
    return canvas;
  }
}
