package dev.dualprocess.overlay;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Lettering;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/**
 * Draws annotations in pure #ff0000 without smoothing, at places given as fractions of the sides
 * and in thicknesses that grow with the image.
 */
final class RedPen {
  private final Graphics2D pen;
  private final ImageSize size;
  private final double unit; // 1 % of the shorter side

  RedPen(Graphics2D pen, ImageSize size) {
    this.pen = pen;
    this.size = size;
    this.unit = Math.min(size.height(), size.width()) / 100.0;
    pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    pen.setColor(Color.RED);
    pen.setStroke(new BasicStroke((float) Math.max(2, unit)));
  }

  private double x(double fraction) {
    return fraction * size.width();
  }

  private double y(double fraction) {
    return fraction * size.height();
  }

  /** Draws an annotation in red, whichever it is. */
  void draw(Annotation annotation) {
    if (annotation instanceof Annotation.Arrow a) {
      arrow(a.fromX(), a.fromY(), a.toX(), a.toY());
    } else if (annotation instanceof Annotation.Box b) {
      box(b.x(), b.y(), b.width(), b.height());
    } else if (annotation instanceof Annotation.Label label) {
      text(label.text(), label.x(), label.y());
    }
  }

  /** A disc with its name beside it, to the right where there is room. */
  void point(String name, double fx, double fy) {
    double radius = disc(Color.RED, fx, fy);
    FontMetrics metrics = font();
    double right = x(fx) + 1.5 * radius;
    boolean room = right + metrics.stringWidth(name) <= size.width();
    double left = room ? right : x(fx) - 1.5 * radius - metrics.stringWidth(name);
    write(name, left, y(fy) + metrics.getAscent() / 2.5, metrics);
  }

  /** A disc in any colour; its radius in pixels. */
  double disc(Color color, double fx, double fy) {
    double radius = Math.max(2, 3.5 * unit);
    pen.setColor(color);
    pen.fill(new Ellipse2D.Double(x(fx) - radius, y(fy) - radius, 2 * radius, 2 * radius));
    return radius;
  }

  /** A text whose middle is there, kept inside the picture. */
  private void text(String text, double fx, double fy) {
    FontMetrics metrics = font();
    write(
        text, x(fx) - metrics.stringWidth(text) / 2.0, y(fy) + metrics.getAscent() / 2.5, metrics);
  }

  private FontMetrics font() {
    if (!Lettering.available()) {
      throw new IllegalStateException(
          "this visual prompt has labels, and this machine has no fonts: install fontconfig and a font");
    }
    pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, (int) Math.max(11, Math.round(9 * unit))));
    return pen.getFontMetrics();
  }

  private void write(String text, double left, double baseline, FontMetrics metrics) {
    double most = (double) size.width() - metrics.stringWidth(text);
    float x = (float) Math.max(0, Math.min(left, most));
    float y = (float) Math.max(metrics.getAscent(), Math.min(baseline, size.height() - 1.0));
    pen.drawString(text, x, y);
  }

  /** A frame, its corner at (fx, fy). */
  private void box(double fx, double fy, double width, double height) {
    pen.draw(new Rectangle2D.Double(x(fx), y(fy), x(width), y(height)));
  }

  /** A line with a head at its end. */
  private void arrow(double fromX, double fromY, double toX, double toY) {
    double dx = x(toX) - x(fromX);
    double dy = y(toY) - y(fromY);
    double length = Math.hypot(dx, dy);
    double head = Math.min(length, Math.max(5, 5 * unit));
    double ux = dx / length;
    double uy = dy / length;
    double baseX = x(toX) - head * ux;
    double baseY = y(toY) - head * uy;
    pen.draw(new Line2D.Double(x(fromX), y(fromY), baseX, baseY));
    Path2D tip = new Path2D.Double();
    tip.moveTo(x(toX), y(toY));
    tip.lineTo(baseX - 0.6 * head * uy, baseY + 0.6 * head * ux);
    tip.lineTo(baseX + 0.6 * head * uy, baseY - 0.6 * head * ux);
    tip.closePath();
    pen.fill(tip);
  }
}
