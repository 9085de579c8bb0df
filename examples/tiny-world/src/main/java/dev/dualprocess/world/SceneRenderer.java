package dev.dualprocess.world;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RadialGradientPaint;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/**
 * Draws a {@link Scene}, {@value Scene#SIDE} pixels wide and high. One instance draws one picture.
 *
 * <p>Perspective: something whose foot is n rows below the horizon is {@value #HEIGHT_PER_NEARNESS}
 * n rows high; n is its nearness, the inverse of its distance.
 */
public final class SceneRenderer {
  /** How many times as high as its nearness a thing is. */
  public static final double HEIGHT_PER_NEARNESS = 3;

  private static final double SIDE = Scene.SIDE;
  private static final double FARTHEST = 2.6; // nearness of the two things
  private static final double NEAREST = 9.4;

  private final Scene scene;
  private final BufferedImage image =
      new BufferedImage(Scene.SIDE, Scene.SIDE, BufferedImage.TYPE_INT_RGB);
  private final Brush brush;
  private final Graphics2D pen;
  private final double horizon;

  private SceneRenderer(Scene scene) {
    this.scene = scene;
    this.horizon = scene.horizon();
    this.brush = new Brush(scene, image);
    this.pen = brush.pen();
  }

  /** The picture of a scene. */
  public static BufferedImage draw(Scene scene) {
    return draw(scene, /* sun= */ true);
  }

  /** The same without sun or moon. */
  public static BufferedImage drawWithoutSun(Scene scene) {
    return draw(scene, /* sun= */ false);
  }

  private static BufferedImage draw(Scene scene, boolean sun) {
    SceneRenderer renderer = new SceneRenderer(scene);
    renderer.draw(sun);
    renderer.pen.dispose();
    renderer.tone();
    return renderer.image;
  }

  /** Rows between the horizon and the foot of the left or the right of two things. */
  public static double nearness(Scene scene, boolean left) {
    return FARTHEST
        + (NEAREST - FARTHEST) * scene.value(left ? Factor.LEFT_NEARNESS : Factor.RIGHT_NEARNESS);
  }

  /**
   * How near what is seen at a pixel is, in rows below the horizon: a thing's foot, the ground
   * itself, or 0 for all above the horizon.
   */
  public static double nearnessAt(Scene scene, double x, double y) {
    double nearest = Math.max(0, y - scene.horizon());
    for (boolean left : new boolean[] {true, false}) {
      if (scene.things().inPairs() && covers(scene, left, x, y)) {
        nearest = Math.max(nearest, nearness(scene, left));
      }
    }
    return nearest;
  }

  private static boolean covers(Scene scene, boolean left, double x, double y) {
    double nearness = nearness(scene, left);
    double height = HEIGHT_PER_NEARNESS * nearness;
    double up = (scene.horizon() + nearness - y) / height; // 0 at the foot, 1 at the top
    double across = Math.abs(x - middle(scene, left)) / height;
    if (up < 0 || up > 1) {
      return false;
    }
    return switch (scene.things()) {
      case TREES -> up < 0.34 ? across < 0.07 : Math.hypot(across / 0.29, (up - 0.67) / 0.33) < 1;
      case HOUSES -> up < 0.56 ? across < 0.42 : across < 0.525 * (1 - up) / 0.44;
      case BOATS -> up < 0.2 ? across < 0.36 : across < 0.34 * (1 - up) / 0.76;
      case NONE, MOUNTAINS -> false;
    };
  }

  /**
   * What the left or the right of two things takes up, outlines aside.
   *
   * @throws IllegalArgumentException if the scene has no such things
   */
  public static Frame frame(Scene scene, boolean left) {
    double nearness = nearness(scene, left);
    double height = HEIGHT_PER_NEARNESS * nearness;
    double x = middle(scene, left);
    double y = scene.horizon() + nearness - height;
    return switch (scene.things()) {
      case TREES -> new Frame(x - 0.29 * height, y, 0.58 * height, height);
      case HOUSES -> new Frame(x - 0.525 * height, y, 1.05 * height, height);
      case BOATS -> new Frame(x - 0.36 * height, y, 0.756 * height, height);
      case NONE, MOUNTAINS -> throw new IllegalArgumentException("no two " + scene.things());
    };
  }

  /** What the disc of the sun takes up, or of the moon, whatever stands in front of it. */
  public static Frame sun(Scene scene) {
    double side = 2 * (2.6 + 2.6 * scene.value(Factor.SUN_SIZE));
    return Frame.around(
        8 + (SIDE - 16) * scene.value(Factor.SUN_X),
        4 + (scene.horizon() - 8) * (0.1 + 0.7 * scene.value(Factor.SUN_Y)),
        side,
        side);
  }

  private static double middle(Scene scene, boolean left) {
    return left ? 13 + 9 * scene.value(Factor.LEFT_X) : 42 + 9 * scene.value(Factor.RIGHT_X);
  }

  private void draw(boolean withSun) {
    sky();
    if (withSun) {
      sun();
    }
    if (scene.things() == Things.MOUNTAINS) {
      ridge();
    }
    ground();
    brush.outline(new Line2D.Double(-4, horizon, SIDE + 4, horizon));
    if (scene.things().inPairs()) {
      boolean leftIsNearer = nearness(scene, true) > nearness(scene, false);
      thing(!leftIsNearer);
      thing(leftIsNearer);
    }
  }

  private void thing(boolean left) {
    double nearness = nearness(scene, left);
    new ThingRenderer(scene, brush)
        .draw(middle(scene, left), horizon + nearness, HEIGHT_PER_NEARNESS * nearness);
  }

  // Sky ---------------------------------------------------------------------------------------

  private void sky() {
    Color zenith = brush.jittered(scene.time().zenith(), Factor.SKY_HUE, Factor.SKY_BRIGHTNESS);
    Color skyline = brush.jittered(scene.time().skyline(), Factor.SKY_HUE, Factor.SKY_BRIGHTNESS);
    if (brush.cartoon()) {
      pen.setColor(Brush.mix(zenith, skyline, 0.6));
    } else {
      pen.setPaint(new GradientPaint(0, 0, zenith, 0, (float) horizon, skyline));
    }
    pen.fill(new Rectangle2D.Double(0, 0, SIDE, horizon + 1));
  }

  private void sun() {
    Frame sun = sun(scene);
    double radius = sun.width() / 2;
    double x = sun.middleX();
    double y = sun.middleY();
    Color color = scene.time().sun();
    if (!brush.cartoon()) {
      float reach = (float) (3.2 * radius);
      pen.setPaint(
          new RadialGradientPaint(
              (float) x,
              (float) y,
              reach,
              new float[] {0.2f, 1},
              new Color[] {Brush.translucent(color, 140), Brush.translucent(color, 0)}));
      pen.fill(disc(x, y, reach));
    }
    brush.fill(disc(x, y, radius), color);
  }

  private void ridge() {
    double height = 4 + 7 * brush.value(Factor.RIDGE);
    double phase = 2 * Math.PI * brush.value(Factor.PHASE);
    Path2D ridge = new Path2D.Double();
    ridge.moveTo(-6, horizon + 3);
    for (double x = -6; x <= SIDE + 6; x += 2) {
      double wave = 0.6 + 0.4 * Math.sin(phase + x / 6.5) + 0.35 * Math.sin(2 * phase + x / 3.7);
      ridge.lineTo(x, horizon - height * Math.max(0.12, wave));
    }
    ridge.lineTo(SIDE + 6, horizon + 3);
    ridge.closePath();
    Color rock = brush.lit(new Color(128, 122, 140));
    brush.fill(ridge, brush.cartoon() ? rock : Brush.mix(rock, scene.time().skyline(), 0.3));
  }

  // Ground ------------------------------------------------------------------------------------

  private Color groundColor() {
    return brush.lit(
        brush.jittered(scene.ground().color(), Factor.GROUND_HUE, Factor.GROUND_BRIGHTNESS));
  }

  private void ground() {
    Color color = groundColor();
    Color near = Brush.mix(color, Color.BLACK, scene.ground() == Ground.SNOW ? 0.10 : 0.28);
    if (brush.cartoon()) {
      pen.setColor(color);
    } else {
      pen.setPaint(new GradientPaint(0, (float) horizon, color, 0, (float) SIDE, near));
    }
    pen.fill(new Rectangle2D.Double(0, horizon, SIDE, SIDE - horizon));
    pattern(color);
  }

  /** Short strokes that grow towards the viewer; few enough that a row's median is bare ground. */
  private void pattern(Color color) {
    Color stroke =
        switch (scene.ground()) {
          case DESERT -> Brush.mix(color, Color.BLACK, 0.22);
          case MEADOW -> Brush.mix(color, Color.BLACK, 0.34);
          case SNOW -> Brush.mix(color, new Color(70, 110, 190), 0.35);
          case SEA -> Brush.mix(color, Color.WHITE, 0.42);
        };
    pen.setColor(stroke);
    double phase = brush.value(Factor.PHASE);
    for (int row = 0; row < 4; row++) {
      double n = 3.5 + 3.2 * row + 1.7 * row * row;
      for (int i = -1; i < 4; i++) {
        double x = SIDE * (i + phase + 0.37 * row) / 3.0;
        mark(x, horizon + n, 0.35 + n / 22);
      }
    }
  }

  private void mark(double x, double y, double size) {
    Path2D mark = new Path2D.Double();
    switch (scene.ground()) {
      case DESERT, SNOW -> {
        mark.moveTo(x - 5 * size, y);
        mark.quadTo(x, y - 3 * size, x + 5 * size, y);
        mark.quadTo(x, y - 1.2 * size, x - 5 * size, y);
      }
      case MEADOW -> {
        for (int blade = -1; blade <= 1; blade++) {
          mark.moveTo(x + blade * 1.6 * size - 0.5 * size, y);
          mark.lineTo(x + blade * 2.6 * size, y - 3.4 * size);
          mark.lineTo(x + blade * 1.6 * size + 0.5 * size, y);
        }
      }
      case SEA -> {
        mark.moveTo(x - 5 * size, y);
        mark.lineTo(x + 5 * size, y);
        mark.lineTo(x + 4 * size, y + 0.9 * size);
        mark.lineTo(x - 4 * size, y + 0.9 * size);
      }
    }
    mark.closePath();
    pen.fill(mark);
  }

  private static Shape disc(double x, double y, double radius) {
    return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
  }

  /** Draws the finished picture in its tone. */
  private void tone() {
    if (scene.tone() == Tone.NATURAL) {
      return;
    }
    double strength = 0.55 + 0.35 * brush.value(Factor.TONE_STRENGTH);
    for (int y = 0; y < Scene.SIDE; y++) {
      for (int x = 0; x < Scene.SIDE; x++) {
        Color color = new Color(image.getRGB(x, y));
        double light =
            (0.3 * color.getRed() + 0.59 * color.getGreen() + 0.11 * color.getBlue()) / 255;
        Color toned = Brush.mix(scene.tone().dark(), scene.tone().light(), light);
        image.setRGB(x, y, Brush.mix(color, toned, strength).getRGB());
      }
    }
  }
}
