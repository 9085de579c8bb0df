package dev.dualprocess.audit;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.overlay.OverlayMode;
import dev.dualprocess.overlay.VisualPrompt;
import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * Another drawing by half a turn: what was at the top is at the bottom, what was left is right.
 *
 * @param right the drawing that the control was taught with
 */
public record TurnedDrawing(VisualPrompt right) implements VisualPrompt {
  @Override
  public BufferedImage draw(ImageSize size) {
    BufferedImage drawing = Pixels.opaque(right.draw(size));
    int width = drawing.getWidth();
    int height = drawing.getHeight();
    BufferedImage turned = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        turned.setRGB(width - 1 - x, height - 1 - y, drawing.getRGB(x, y));
      }
    }
    return turned;
  }

  @Override
  public OverlayMode mode() {
    return right.mode();
  }

  @Override
  public double opacity() {
    return right.opacity();
  }

  @Override
  public Optional<String> defaultQuestion() {
    return right.defaultQuestion();
  }

  /** That drawing, unless it looks the same after half a turn. */
  public static Optional<VisualPrompt> of(VisualPrompt right, ImageSize size) {
    TurnedDrawing turned = new TurnedDrawing(right);
    BufferedImage a = Pixels.opaque(right.draw(size));
    BufferedImage b = turned.draw(size);
    for (int y = 0; y < a.getHeight(); y++) {
      for (int x = 0; x < a.getWidth(); x++) {
        if (a.getRGB(x, y) != b.getRGB(x, y)) {
          return Optional.of(turned);
        }
      }
    }
    return Optional.empty();
  }
}
