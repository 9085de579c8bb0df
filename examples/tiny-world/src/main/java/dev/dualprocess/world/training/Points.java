package dev.dualprocess.world.training;

import dev.dualprocess.world.Scene;
import dev.dualprocess.world.SceneRenderer;
import dev.dualprocess.world.meter.DepthMeter;

/** The points A and B of a question about depth, in pixels. */
record Points(double ax, double ay, double bx, double by) {
  /**
   * How much nearer A is than B in a scene, in rows; each over a disc, so it changes by degrees.
   */
  double lead(Scene scene) {
    return nearness(scene, ax, ay) - nearness(scene, bx, by);
  }

  private static double nearness(Scene scene, double x, double y) {
    double sum = 0;
    int count = 0;
    for (int dy = -DepthMeter.RADIUS; dy <= DepthMeter.RADIUS; dy++) {
      for (int dx = -DepthMeter.RADIUS; dx <= DepthMeter.RADIUS; dx++) {
        if (Math.hypot(dx, dy) <= DepthMeter.RADIUS) {
          sum += SceneRenderer.nearnessAt(scene, x + dx, y + dy);
          count++;
        }
      }
    }
    return sum / count;
  }
}
