package dev.dualprocess.overlay;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.image.Pixels;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A drawing as it came, its see-through parts white paper; {@link Overlay} brings it to the size of
 * the image.
 */
final class Drawing implements VisualPrompt {
  private final String name;
  private final BufferedImage drawing;
  private final OverlayMode mode;
  private final double opacity;

  Drawing(String name, BufferedImage drawing, OverlayMode mode) {
    this(name, drawing, mode, Objects.requireNonNull(mode, "mode").opacity());
  }

  Drawing(String name, BufferedImage drawing, OverlayMode mode, double opacity) {
    this.name = name;
    this.drawing = Pixels.opaque(drawing);
    this.mode = mode;
    this.opacity = Opacity.require(opacity);
  }

  static Drawing read(Path path, OverlayMode mode) throws IOException {
    return new Drawing("overlay " + path, PictureFile.read(path), mode);
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
  public double opacity() {
    return opacity;
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
