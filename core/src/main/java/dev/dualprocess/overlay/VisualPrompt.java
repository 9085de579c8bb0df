package dev.dualprocess.overlay;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.image.Pixels;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A drawing that is laid over an image before the verifier sees it, so that a question can point at
 * it. Immutable; {@link Object#toString} describes it for the record of a run.
 */
public interface VisualPrompt {
  /** The drawing at that size, on white. */
  BufferedImage draw(ImageSize size);

  /** How it is laid over the image: solid, unless it says otherwise. */
  default OverlayMode mode() {
    return OverlayMode.SOLID;
  }

  /** How much of the drawing covers the image where it does, above 0 and at most 1. */
  default double opacity() {
    return mode().opacity();
  }

  /** What one would ask about it where nobody says otherwise. */
  Optional<String> defaultQuestion();

  /**
   * What is drawn at that size and how it is laid over, as one word: the same for the same pixels.
   */
  default String fingerprint(ImageSize size) {
    BufferedImage drawing = Pixels.opaque(draw(size));
    int[] pixels =
        drawing.getRGB(0, 0, drawing.getWidth(), drawing.getHeight(), null, 0, drawing.getWidth());
    Hasher hasher = Hashing.sha256().newHasher().putInt(drawing.getWidth());
    IntStream.of(pixels).forEach(hasher::putInt);
    String how = opacity() == mode().opacity() ? "" : opacity() + ":";
    return mode() + ":" + how + hasher.hash();
  }

  /**
   * A red line across the image where the horizon should be, laid over solid.
   *
   * @param position 0 is the top edge, 1 the bottom edge
   */
  static VisualPrompt horizon(double position) {
    return new HorizonLine(position);
  }

  /**
   * A strip of colours along the bottom that the image should use, laid over solid.
   *
   * @param colors {@code #rrggbb,#rrggbb,...}, any number of them
   * @throws IllegalArgumentException in one line, if one is malformed
   */
  static VisualPrompt palette(String colors) {
    return ColorPalette.parse(Objects.requireNonNull(colors, "colors"));
  }

  /**
   * A red line as thick as the image's lines should be, laid over solid.
   *
   * @param pixels of the image, above 0
   */
  static VisualPrompt lineWeight(double pixels) {
    return new LineWeight(pixels);
  }

  /**
   * Two labelled red points, laid over solid; coordinates from 0 (left, top) to 1 (right, bottom).
   */
  static VisualPrompt depth(double ax, double ay, double bx, double by) {
    return new RelativeDepth(ax, ay, bx, by);
  }

  /**
   * Annotations, on a painting or on the image itself. With a painting the whole is laid over
   * transparent, without one solid.
   */
  static VisualPrompt composition(Optional<BufferedImage> painting, List<Annotation> annotations) {
    Objects.requireNonNull(painting, "painting");
    OverlayMode mode = Composition.usualMode(painting.isPresent());
    return composition(painting, annotations, mode, mode.opacity());
  }

  /**
   * Annotations, on a painting or on the image itself.
   *
   * @param opacity how much of it covers the image where it does, above 0 and at most 1
   * @throws IllegalArgumentException in one line, if there is neither painting nor annotation, or
   *     the opacity is out of range
   */
  static VisualPrompt composition(
      Optional<BufferedImage> painting,
      List<Annotation> annotations,
      OverlayMode mode,
      double opacity) {
    return new Composition("composition", painting, annotations, mode, opacity);
  }

  /**
   * A composition from a JSON file: {@code {"painting": "file.png", "annotations": [{"arrow": [x1,
   * y1, x2, y2]}, {"box": [x, y, width, height]}, {"text": "sky", "at": [x, y]}, {"horizon": y},
   * {"palette": "#rrggbb,#rrggbb"}, {"lineWeight": pixels}, {"depth": [ax, ay, bx, by]}], "mode":
   * "solid", "opacity": 0.8}}; each field may be left out, but one of the first two.
   *
   * @throws IOException in one line, if it or its painting cannot be read
   */
  static VisualPrompt composition(Path file) throws IOException {
    return CompositionForm.read(Objects.requireNonNull(file, "file"));
  }

  /** A drawing of the user's own. */
  static VisualPrompt drawing(BufferedImage drawing, OverlayMode mode) {
    Objects.requireNonNull(drawing, "drawing");
    return new Drawing("drawing", drawing, mode);
  }

  /**
   * A drawing from a picture file ({@link PictureFile}).
   *
   * @throws IOException in one line, if it cannot be read as a picture
   */
  static VisualPrompt file(Path path, OverlayMode mode) throws IOException {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(mode, "mode");
    return Drawing.read(path, mode);
  }
}
