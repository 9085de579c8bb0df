package dev.dualprocess.examples.training;

import dev.dualprocess.examples.world.Scene;
import dev.dualprocess.examples.world.SceneRenderer;
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
}
