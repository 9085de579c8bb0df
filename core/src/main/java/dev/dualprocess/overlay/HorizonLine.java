package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.image.ImageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.Optional;

/**
 * A full-width line of #ff0000 on white, h = max(2, 2 round(H / 64)) rows thick, from row round(p
 * H) - h / 2.
 *
 * @param position p: 0 is the top edge, 1 the bottom edge
 */
record HorizonLine(double position) implements Control {
  HorizonLine {
    if (!(position >= 0 && position <= 1)) {
      throw new IllegalArgumentException(
          "the horizon's position must be from 0 (top) to 1 (bottom), not " + position);
    }
  }

  @Override
  public void paint(Graphics2D pen, ImageSize size) {
    int thickness = Math.max(2, 2 * Math.round(size.height() / 64f));
    int top = (int) Math.round(position * size.height()) - thickness / 2;
    pen.setColor(Color.RED);
    pen.fillRect(0, top, size.width(), thickness);
  }

  @Override
  public ObjectNode toJson() {
    return Control.json().put("horizon", position);
  }

  @Override
  public Optional<String> defaultQuestion() {
    return Optional.of("Is the horizon at the red line?");
  }

  @Override
  public String toString() {
    return "horizon " + position;
  }
}
