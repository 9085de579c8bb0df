package dev.dualprocess.overlay;

import dev.dualprocess.ImageSize;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A drawing that is laid over an image before the verifier sees it, so that a question can point at
 * it. Immutable; {@link Object#toString} describes it for the record of a run.
 */
public interface VisualPrompt {
  /** The drawing at that size, on white. */
  BufferedImage draw(ImageSize size);

  /** How it is laid over the image. */
  OverlayMode mode();

  /** What one would ask about it where nobody says otherwise. */
  Optional<String> defaultQuestion();

  /**
   * A red line across the image where the horizon should be, laid over solid.
   *
   * @param position 0 is the top edge, 1 the bottom edge
   */
  static VisualPrompt horizon(double position) {
    return new HorizonLine(position);
  }

  /** A drawing of the user's own. */
  static VisualPrompt drawing(BufferedImage drawing, OverlayMode mode) {
    return new Drawing("drawing", drawing, mode);
  }

  /**
   * A drawing from a PNG (or any other picture file the JDK reads).
   *
   * @throws IOException in one line, if it cannot be read as a picture
   */
  static VisualPrompt file(Path path, OverlayMode mode) throws IOException {
    return Drawing.read(path, mode);
  }
}
