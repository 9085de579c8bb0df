package dev.dualprocess.examples.training;

import dev.dualprocess.examples.world.Scene;
import dev.dualprocess.examples.world.SceneRenderer;
import dev.dualprocess.examples.world.meter.DepthMeter;
import dev.dualprocess.examples.world.meter.EdgeMeter;
import dev.dualprocess.examples.world.meter.OutlineMeter;
import java.awt.image.BufferedImage;
import java.util.Optional;

/** A picture and what is known of it. */
interface Subject {
  /** {@value Scene#SIDE} pixels wide and high. */
  BufferedImage picture();

  /** Rows from the top to the boundary of sky and ground. */
  double horizon();

  /** How far that can be doubted: 0 for a clear edge, up to about 1. */
  double doubt();

  /** Thickness of outlines in pixels; 0 where there are none. */
  double outline();

  /** How near what is seen at a place is, in rows below the horizon; coordinates 0 to 1. */
  double nearness(double x, double y);

  /** The scene it was drawn from, where that is known. */
  Optional<Scene> scene();

  /** Whether a question about that can be answered. */
  default boolean knows(Exam.Topic topic) {
    return topic != Exam.Topic.KIND || scene().isPresent();
  }

  /** A scene drawn by the renderer: everything is known exactly. */
  record Drawn(Scene drawn, BufferedImage picture) implements Subject {
    private static final double REACH = 3; // pixels over which nearness is averaged

    static Drawn of(Scene scene) {
      return new Drawn(scene, SceneRenderer.draw(scene));
    }

    @Override
    public double horizon() {
      return drawn.horizon();
    }

    @Override
    public double doubt() {
      return 0;
    }

    @Override
    public double outline() {
      return drawn.outline();
    }

    @Override
    public double nearness(double x, double y) {
      double sum = 0;
      int count = 0;
      for (double dy = -REACH; dy <= REACH; dy++) {
        for (double dx = -REACH; dx <= REACH; dx++) {
          if (dx * dx + dy * dy <= REACH * REACH) {
            sum += SceneRenderer.nearnessAt(drawn, x * Scene.SIDE + dx, y * Scene.SIDE + dy);
            count++;
          }
        }
      }
      return sum / count;
    }

    @Override
    public Optional<Scene> scene() {
      return Optional.of(drawn);
    }
  }

  /**
   * What a generator drew of a scene: the horizon is measured, the rest is what it was told.
   *
   * @param told whose prompt and noise it had
   */
  record Painted(Scene told, BufferedImage picture, double horizon, double doubt)
      implements Subject {
    private static final double CREDIBLE = 3; // pixels between what was told and what is seen

    static Painted of(Scene told, BufferedImage picture) {
      double seen = new EdgeMeter().horizon(picture);
      boolean credible = Math.abs(seen - told.horizon()) < CREDIBLE;
      return new Painted(told, picture, credible ? seen : told.horizon(), credible ? 0 : 0.2);
    }

    @Override
    public double outline() {
      return told.outline();
    }

    @Override
    public double nearness(double x, double y) {
      return new Drawn(told, picture).nearness(x, y);
    }

    @Override
    public Optional<Scene> scene() {
      return Optional.of(told);
    }
  }

  /** What a generator drew while it was being distilled: all there is to know is in the pixels. */
  final class Measured implements Subject {
    private static final double CLEAR = 0.4;
    private static final double ALONE = 0.45;

    private final BufferedImage picture;
    private final EdgeMeter.Edge edge;
    private double outline = Double.NaN; // measured once, when it is asked for

    Measured(BufferedImage picture) {
      this.picture = picture;
      this.edge = new EdgeMeter().edge(picture);
    }

    @Override
    public BufferedImage picture() {
      return picture;
    }

    @Override
    public double horizon() {
      return edge.row();
    }

    /** A blurred edge, and another beside it. */
    @Override
    public double doubt() {
      double blur = Math.max(0, (CLEAR - edge.clarity()) / CLEAR);
      double second = Math.max(0, (edge.secondEdge() - ALONE) / (1 - ALONE));
      return Math.min(1, 0.6 * blur + 0.7 * second);
    }

    @Override
    public double outline() {
      if (Double.isNaN(outline)) {
        outline = new OutlineMeter().thickness(picture);
      }
      return outline;
    }

    @Override
    public double nearness(double x, double y) {
      return new DepthMeter().nearness(picture, x, y);
    }

    @Override
    public Optional<Scene> scene() {
      return Optional.empty();
    }
  }
}
