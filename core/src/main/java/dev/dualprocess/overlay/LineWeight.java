package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.image.ImageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.Optional;

/**
 * A horizontal red line of the thickness that lines in the image should have: from 1/10 to 9/10 of
 * the width, around 9/10 of the height.
 *
 * @param pixels thickness in pixels of the image, above 0; at least one row is drawn
 */
record LineWeight(double pixels) implements Control {
  LineWeight {
    if (!(pixels > 0 && Double.isFinite(pixels))) {
      throw new IllegalArgumentException("the line weight must be above 0 pixels, not " + pixels);
    }
  }

  @Override
  public void paint(Graphics2D pen, ImageSize size) {
    int thickness = (int) Math.max(1, Math.round(pixels));
    if (thickness > size.height() / 4) {
      throw new IllegalArgumentException(
          "a line of %d pixels is too thick for an image of %s".formatted(thickness, size));
    }
    int top = Math.min(size.height() - thickness, Math.round(0.9f * size.height()) - thickness / 2);
    int left = Math.round(0.1f * size.width());
    pen.setColor(Color.RED);
    pen.fillRect(left, top, size.width() - 2 * left, thickness);
  }

  @Override
  public ObjectNode toJson() {
    return Control.json().put("lineWeight", pixels);
  }

  @Override
  public Optional<String> defaultQuestion() {
    return Optional.of("Are the lines in this image as thick as the red line?");
  }

  @Override
  public String toString() {
    return "line weight " + pixels;
  }
}
