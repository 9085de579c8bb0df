package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Strings;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.OneLine;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.image.Pixels;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A painting with red annotations that says how an image should be composed. Without a painting the
 * annotations are laid over solid; with one, the whole is laid over transparent.
 *
 * @param name for the record of a run
 * @param painting is stretched to the image's size
 * @param annotations drawn over it in their order
 */
record Composition(String name, Optional<BufferedImage> painting, List<Annotation> annotations)
    implements VisualPrompt {
  private static final Set<String> FIELDS = Set.of("painting", "annotations");
  private static final long MOST_BYTES = 1 << 20;
  private static final int MOST_ANNOTATIONS = 1000;

  Composition {
    painting = Objects.requireNonNull(painting, "painting").map(Pixels::opaque);
    Objects.requireNonNull(annotations, "annotations");
    annotations = List.copyOf(annotations);
    if (painting.isEmpty() && annotations.isEmpty()) {
      throw new IllegalArgumentException("a composition needs a painting or an annotation");
    }
  }

  /**
   * Reads a composition as data: {@code {"painting": "file.png", "annotations": [{"arrow": [x1, y1,
   * x2, y2]}, {"box": [x, y, width, height]}, {"text": "sky", "at": [x, y]}]}}, all numbers from 0
   * to 1, the painting's path relative to the file.
   *
   * @throws IOException in one line, if the file or its painting cannot be read
   */
  static Composition read(Path path) throws IOException {
    ConfigFile file = ConfigFile.readStrictly(path, MOST_BYTES);
    requireForm(path, file.root());
    String painting = file.text("painting");
    if (!painting.equals(OneLine.of(painting))) {
      throw new IOException(
          "%s: 'painting' must be a file's name, not '%s'".formatted(path, OneLine.of(painting)));
    }
    Optional<BufferedImage> picture =
        painting.isEmpty()
            ? Optional.empty()
            : Optional.of(PictureFile.read(path.resolveSibling(painting)));
    List<Annotation> annotations = new ArrayList<>();
    try {
      for (JsonNode node : file.root().path("annotations")) {
        annotations.add(Annotation.of(node));
      }
      return new Composition("composition " + path, picture, annotations);
    } catch (IllegalArgumentException e) {
      throw new IOException(path + ": " + OneLine.of(Strings.nullToEmpty(e.getMessage())), e);
    }
  }

  private static void requireForm(Path path, JsonNode root) throws IOException {
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw new IOException(
            "%s: there is no field '%s' in a composition; it has 'painting' and 'annotations'"
                .formatted(path, OneLine.of(field.getKey())));
      }
    }
    JsonNode painting = root.path("painting");
    if (!painting.isMissingNode() && !painting.isTextual()) {
      throw new IOException(path + ": 'painting' must be the name of a picture, not " + painting);
    }
    JsonNode annotations = root.path("annotations");
    if (!annotations.isMissingNode() && !annotations.isArray()) {
      throw new IOException(path + ": 'annotations' must be a list");
    }
    if (annotations.size() > MOST_ANNOTATIONS) {
      throw new IOException(
          "%s: %d annotations, more than %d".formatted(path, annotations.size(), MOST_ANNOTATIONS));
    }
  }

  @Override
  public BufferedImage draw(ImageSize size) {
    return Canvas.draw(size, pen -> paint(pen, size));
  }

  private void paint(Graphics2D pen, ImageSize size) {
    pen.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    painting.ifPresent(p -> pen.drawImage(p, 0, 0, size.width(), size.height(), null));
    RedPen red = new RedPen(pen, size);
    annotations.forEach(red::draw);
  }

  @Override
  public OverlayMode mode() {
    return painting.isPresent() ? OverlayMode.TRANSPARENT : OverlayMode.SOLID;
  }

  @Override
  public Optional<String> defaultQuestion() {
    return Optional.of("Does the image follow the composition that is marked in red?");
  }

  @Override
  public String toString() {
    return name + " " + annotations;
  }
}
