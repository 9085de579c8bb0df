package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Strings;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.OneLine;
import dev.dualprocess.image.PictureFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A composition as data: {@code {"painting": "file.png", "annotations": [...], "mode":
 * "transparent", "opacity": 0.5}}, all places from 0 to 1; see {@link
 * VisualPrompt#composition(Path)}.
 *
 * @param where it stands, for messages
 * @param root its content
 */
record CompositionForm(String where, JsonNode root) {
  /** Finds a painting by the name that is given to it. */
  @FunctionalInterface
  interface Pictures {
    /** The picture of that name. */
    BufferedImage find(String name) throws IOException;
  }

  private static final Set<String> FIELDS = Set.of("painting", "annotations", "mode", "opacity");
  private static final long MOST_BYTES = 1 << 20;
  private static final int MOST_ANNOTATIONS = 1000;

  /**
   * Reads a file, whose painting lies beside it.
   *
   * @throws IOException in one line, if the file or its painting cannot be read
   */
  static Composition read(Path path) throws IOException {
    ConfigFile file = ConfigFile.readStrictly(path, MOST_BYTES);
    return new CompositionForm(path.toString(), file.root())
        .composition("composition " + path, name -> PictureFile.read(path.resolveSibling(name)));
  }

  /**
   * The composition.
   *
   * @param name for the record of a run
   * @throws IOException in one line, if something in it is not as it should be
   */
  Composition composition(String name, Pictures pictures) throws IOException {
    requireForm();
    String painting = root.path("painting").asText("");
    if (!painting.equals(OneLine.of(painting))) {
      throw new IOException(
          "%s: 'painting' must be a file's name, not '%s'".formatted(where, OneLine.of(painting)));
    }
    Optional<BufferedImage> picture =
        painting.isEmpty() ? Optional.empty() : Optional.of(pictures.find(painting));
    try {
      List<Annotation> annotations = new ArrayList<>();
      for (JsonNode node : root.path("annotations")) {
        annotations.add(Annotation.of(node));
      }
      OverlayMode mode = mode(Composition.usualMode(picture.isPresent()));
      return new Composition(name, picture, annotations, mode, opacity(mode.opacity()));
    } catch (IllegalArgumentException e) {
      throw new IOException(where + ": " + OneLine.of(Strings.nullToEmpty(e.getMessage())), e);
    }
  }

  /**
   * A drawing that is a picture and nothing else, laid over as this says.
   *
   * @throws IOException in one line, if that is not as it should be
   */
  Drawing drawing(BufferedImage picture) throws IOException {
    try {
      OverlayMode mode = mode(OverlayMode.SOLID);
      return new Drawing("drawing", picture, mode, opacity(mode.opacity()));
    } catch (IllegalArgumentException e) {
      throw new IOException(where + ": " + e.getMessage(), e);
    }
  }

  private OverlayMode mode(OverlayMode usual) {
    String mode = root.path("mode").asText(usual.name()).toUpperCase(Locale.ROOT);
    for (OverlayMode one : OverlayMode.values()) {
      if (one.name().equals(mode)) {
        return one;
      }
    }
    throw new IllegalArgumentException(
        "'mode' must be solid or transparent, not " + AnnotationForm.shown(root.path("mode")));
  }

  private double opacity(double usual) {
    JsonNode opacity = root.path("opacity");
    if (!opacity.isMissingNode() && !opacity.isNumber()) {
      throw new IllegalArgumentException(
          "'opacity' must be a number, not " + AnnotationForm.shown(opacity));
    }
    return opacity.asDouble(usual);
  }

  private void requireForm() throws IOException {
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw new IOException(
            "%s: there is no field '%s' in a composition; it has 'painting', 'annotations', 'mode' and 'opacity'"
                .formatted(where, OneLine.of(field.getKey())));
      }
    }
    JsonNode painting = root.path("painting");
    if (!painting.isMissingNode() && !painting.isTextual()) {
      throw new IOException(where + ": 'painting' must be the name of a picture, not " + painting);
    }
    JsonNode annotations = root.path("annotations");
    if (!annotations.isMissingNode() && !annotations.isArray()) {
      throw new IOException(where + ": 'annotations' must be a list");
    }
    if (annotations.size() > MOST_ANNOTATIONS) {
      throw new IOException(
          "%s: %d annotations, more than %d"
              .formatted(where, annotations.size(), MOST_ANNOTATIONS));
    }
  }
}
