package dev.dualprocess.world;

import java.awt.Color;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** Draws the things that stand in pairs: each by its middle, its foot and its height. */
final class ThingRenderer {
  private final Scene scene;
  private final Brush brush;

  ThingRenderer(Scene scene, Brush brush) {
    this.scene = scene;
    this.brush = brush;
  }

  /** The one that this scene has. */
  void draw(double x, double foot, double height) {
    switch (scene.things()) {
      case TREES -> tree(x, foot, height);
      case HOUSES -> house(x, foot, height);
      case BOATS -> boat(x, foot, height);
      case NONE, MOUNTAINS -> throw new IllegalStateException();
    }
  }

  private void tree(double x, double foot, double height) {
    brush.fill(
        new Rectangle2D.Double(x - 0.07 * height, foot - 0.5 * height, 0.14 * height, 0.5 * height),
        brush.lit(new Color(112, 72, 36)));
    Color crown = brush.turned(new Color(34, 124, 44), new Color(206, 112, 30));
    brush.fill(
        new Ellipse2D.Double(x - 0.29 * height, foot - height, 0.58 * height, 0.66 * height),
        brush.lit(crown));
  }

  private void house(double x, double foot, double height) {
    double half = 0.42 * height;
    double eaves = foot - 0.56 * height;
    brush.fill(
        new Rectangle2D.Double(x - half, eaves, 2 * half, foot - eaves),
        brush.lit(new Color(246, 228, 190)));
    Path2D roof = new Path2D.Double();
    roof.moveTo(x - 1.25 * half, eaves);
    roof.lineTo(x, foot - height);
    roof.lineTo(x + 1.25 * half, eaves);
    roof.closePath();
    brush.fill(roof, brush.lit(brush.turned(new Color(196, 44, 36), new Color(58, 70, 168))));
    boolean lamps = scene.time() == TimeOfDay.NIGHT;
    brush.bare(
        new Rectangle2D.Double(x - 0.62 * half, foot - 0.38 * height, 0.46 * half, 0.38 * height),
        brush.lit(new Color(92, 52, 28)));
    brush.bare(
        new Rectangle2D.Double(x + 0.16 * half, foot - 0.42 * height, 0.5 * half, 0.2 * height),
        lamps ? new Color(255, 216, 96) : brush.lit(new Color(96, 150, 196)));
  }

  private void boat(double x, double foot, double height) {
    double half = 0.36 * height;
    Path2D sail = new Path2D.Double();
    sail.moveTo(x - 0.1 * half, foot - height);
    sail.lineTo(x + 0.95 * half, foot - 0.24 * height);
    sail.lineTo(x - 0.1 * half, foot - 0.24 * height);
    sail.closePath();
    brush.fill(sail, brush.lit(brush.turned(new Color(250, 248, 240), new Color(232, 92, 60))));
    Path2D hull = new Path2D.Double();
    hull.moveTo(x - half, foot - 0.2 * height);
    hull.lineTo(x + 1.1 * half, foot - 0.2 * height);
    hull.lineTo(x + 0.7 * half, foot);
    hull.lineTo(x - 0.7 * half, foot);
    hull.closePath();
    brush.fill(hull, brush.lit(new Color(150, 84, 44)));
  }
}
