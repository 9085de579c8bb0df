package dev.dualprocess.world.training;

import dev.dualprocess.world.Scene;
import dev.dualprocess.world.SceneRenderer;

/** The points A and B of a question about depth, in pixels. */
record Points(double ax, double ay, double bx, double by) {
  private static final int RADIUS = 3; // as DepthMeter's

  /**
   * How much nearer A is than B in a scene, in rows; each over a disc, so it changes by degrees.
   */
  double lead(Scene scene) {
    return nearness(scene, ax, ay) - nearness(scene, bx, by);
  }

  private static double nearness(Scene scene, double x, double y) {
    double sum = 0;
    int count = 0;
    for (int dy = -RADIUS; dy <= RADIUS; dy++) {
      for (int dx = -RADIUS; dx <= RADIUS; dx++) {
        if (Math.hypot(dx, dy) <= RADIUS) {
          sum += SceneRenderer.nearnessAt(scene, x + dx, y + dy);
          count++;
        }
      }
    }
    return sum / count;
  }
}
