package dev.dualprocess.world;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.image.BufferedImage;

/**
 * What a scene is painted with: its style's outlines, its light, and colours as its factors say.
 */
final class Brush {
  private static final Color OUTLINE = new Color(18, 14, 22);

  private final Scene scene;
  private final Graphics2D pen;
  private final boolean cartoon;

  /** For a scene, on a picture. */
  Brush(Scene scene, BufferedImage image) {
    this.scene = scene;
    this.pen = image.createGraphics();
    this.cartoon = scene.style() == Style.CARTOON;
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    pen.setStroke(
        new BasicStroke((float) scene.outline(), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
  }

  /** What paints without outlines. */
  Graphics2D pen() {
    return pen;
  }

  /** Whether shapes are flat and have outlines. */
  boolean cartoon() {
    return cartoon;
  }

  /** A shape, with its outline in a cartoon. */
  void fill(Shape shape, Color color) {
    bare(shape, color);
    outline(shape);
  }

  /** A shape without outline. */
  void bare(Shape shape, Color color) {
    pen.setColor(color);
    pen.fill(shape);
  }

  /** The outline alone; nothing in a photo. */
  void outline(Shape shape) {
    if (cartoon) {
      pen.setColor(OUTLINE);
      pen.draw(shape);
    }
  }

  double value(Factor factor) {
    return scene.value(factor);
  }

  /** Between the colours that things may have. */
  Color turned(Color from, Color to) {
    return mix(from, to, value(Factor.THING_HUE));
  }

  /** A colour in the light of the hour. */
  Color lit(Color color) {
    return scene.time().lit(color);
  }

  Color jittered(Color color, Factor hue, Factor brightness) {
    double warm = 26 * (value(hue) - 0.5);
    double gain = 0.88 + 0.24 * value(brightness);
    return new Color(
        cut(gain * color.getRed() + warm),
        cut(gain * color.getGreen()),
        cut(gain * color.getBlue() - warm));
  }

  private static int cut(double value) {
    return (int) Math.max(0, Math.min(255, Math.round(value)));
  }

  static Color mix(Color a, Color b, double t) {
    return new Color(
        cut(a.getRed() + t * (b.getRed() - a.getRed())),
        cut(a.getGreen() + t * (b.getGreen() - a.getGreen())),
        cut(a.getBlue() + t * (b.getBlue() - a.getBlue())));
  }

  static Color translucent(Color color, int alpha) {
    return new Color(color.getRed(), color.getGreen(), color.getBlue(), alpha);
  }
}
