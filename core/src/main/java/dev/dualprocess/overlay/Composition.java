package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A painting with annotations that says how an image should be composed.
 *
 * @param name for the record of a run
 * @param painting is stretched to the image's size
 * @param annotations drawn over it in their order
 * @param mode how the whole is laid over
 * @param opacity how much of it covers the image where it does, above 0 and at most 1
 */
record Composition(
    String name,
    Optional<BufferedImage> painting,
    List<Annotation> annotations,
    OverlayMode mode,
    double opacity)
    implements VisualPrompt {
  Composition {
    painting = Objects.requireNonNull(painting, "painting").map(Pixels::opaque);
    Objects.requireNonNull(annotations, "annotations");
    Objects.requireNonNull(mode, "mode");
    annotations = List.copyOf(annotations);
    if (painting.isEmpty() && annotations.isEmpty()) {
      throw new IllegalArgumentException("a composition needs a painting or an annotation");
    }
    Opacity.require(opacity);
  }

  /** How it is laid over where nobody says so. */
  static OverlayMode usualMode(boolean painted) {
    return painted ? OverlayMode.TRANSPARENT : OverlayMode.SOLID;
  }

  @Override
  public BufferedImage draw(ImageSize size) {
    return Canvas.draw(size, pen -> paint(pen, size));
  }

  private void paint(Graphics2D pen, ImageSize size) {
    pen.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    painting.ifPresent(p -> pen.drawImage(p, 0, 0, size.width(), size.height(), null));
    for (Annotation annotation : annotations) {
      if (annotation instanceof Annotation.Mark mark && mark.drawing() instanceof Control control) {
        control.paint(pen, size);
      } else {
        new RedPen(pen, size).draw(annotation);
      }
    }
  }

  /** Its only mark where it is nothing but a drawing of its own, else itself. */
  VisualPrompt simplest() {
    return painting.isEmpty()
            && annotations.size() == 1
            && annotations.get(0) instanceof Annotation.Mark mark
            && mark.drawing().mode() == mode
            && mark.drawing().opacity() == opacity
        ? mark.drawing()
        : this;
  }

  /** What is asked about its only mark where it has no other, else about the whole. */
  @Override
  public Optional<String> defaultQuestion() {
    return painting.isEmpty()
            && annotations.size() == 1
            && annotations.get(0) instanceof Annotation.Mark mark
        ? mark.drawing().defaultQuestion()
        : Optional.of("Does the image follow the composition that is marked in red?");
  }

  /**
   * As {@link CompositionForm} reads it.
   *
   * @param file the painting's name, empty if there is none
   */
  ObjectNode toJson(String file) {
    ObjectNode json = Control.json();
    if (!file.isEmpty()) {
      json.put("painting", file);
    }
    ArrayNode marks = json.putArray("annotations");
    annotations.forEach(annotation -> marks.add(annotation.toJson()));
    if (mode != usualMode(painting.isPresent())) {
      json.put("mode", mode.name().toLowerCase(Locale.ROOT));
    }
    if (opacity != mode.opacity()) {
      json.put("opacity", opacity);
    }
    return json;
  }

  @Override
  public String toString() {
    return name + " " + annotations;
  }
}
