package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.image.ImageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.Optional;

/**
 * Two red points with their names beside them, so that a question can compare their distances. On
 * an image under {@value #LEAST_FOR_LETTERS} pixels letters would hide much and tell little: there
 * A is a red point, B a blue one, and no letter is drawn.
 *
 * @param ax where A is across, 0 left to 1 right
 * @param ay where A is down, 0 top to 1 bottom
 * @param bx where B is across
 * @param by where B is down
 */
record RelativeDepth(double ax, double ay, double bx, double by) implements Control {
  private static final int LEAST_FOR_LETTERS = 128; // pixels of the shorter side

  RelativeDepth {
    Fraction.require("point A's x", ax);
    Fraction.require("point A's y", ay);
    Fraction.require("point B's x", bx);
    Fraction.require("point B's y", by);
  }

  @Override
  public void paint(Graphics2D pen, ImageSize size) {
    RedPen red = new RedPen(pen, size);
    if (Math.min(size.height(), size.width()) < LEAST_FOR_LETTERS) {
      red.disc(Color.RED, ax, ay);
      red.disc(Color.BLUE, bx, by);
    } else {
      red.point("A", ax, ay);
      red.point("B", bx, by);
    }
  }

  @Override
  public ObjectNode toJson() {
    ObjectNode json = Control.json();
    json.putArray("depth").add(ax).add(ay).add(bx).add(by);
    return json;
  }

  @Override
  public Optional<String> defaultQuestion() {
    return Optional.of("Is the point A closer to the camera than the point B?");
  }

  @Override
  public String toString() {
    return "depth A %s,%s B %s,%s".formatted(ax, ay, bx, by);
  }
}
