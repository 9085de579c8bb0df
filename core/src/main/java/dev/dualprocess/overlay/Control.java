package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.image.ImageSize;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/** A drawing that asks for one control, alone or as a mark among others on a composition. */
sealed interface Control extends VisualPrompt
    permits HorizonLine, ColorPalette, LineWeight, RelativeDepth {
  /** Draws it onto a picture of that size. */
  void paint(Graphics2D pen, ImageSize size);

  /** It as an annotation of a composition's file. */
  ObjectNode toJson();

  /** An object to write into. */
  static ObjectNode json() {
    return JsonNodeFactory.instance.objectNode();
  }

  @Override
  default BufferedImage draw(ImageSize size) {
    return Canvas.draw(size, pen -> paint(pen, size));
  }
}
