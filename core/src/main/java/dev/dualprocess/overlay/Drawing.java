package dev.dualprocess.overlay;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Png;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** A drawing as it came; {@link Overlay} brings it to the size of the image. */
final class Drawing implements VisualPrompt {
  private final String name;
  private final BufferedImage drawing;
  private final OverlayMode mode;

  Drawing(String name, BufferedImage drawing, OverlayMode mode) {
    this.name = name;
    this.drawing = opaque(drawing);
    this.mode = Objects.requireNonNull(mode, "mode");
  }

  static Drawing read(Path path, OverlayMode mode) throws IOException {
    return new Drawing("overlay " + path, Png.read(path), mode);
  }

  /** See-through parts of a drawing are white paper. */
  private static BufferedImage opaque(BufferedImage picture) {
    return Canvas.draw(
        new ImageSize(picture.getHeight(), picture.getWidth()),
        pen -> pen.drawImage(picture, 0, 0, null));
  }

  /** The drawing in its own size: resizing it is part of the overlay's mathematics. */
  @Override
  public BufferedImage draw(ImageSize size) {
    return drawing;
  }

  @Override
  public OverlayMode mode() {
    return mode;
  }

  @Override
  public Optional<String> defaultQuestion() {
    return Optional.empty();
  }

  @Override
  public String toString() {
    return name;
  }
}
