package dev.dualprocess.world.meter;

/** The extremum of a parabola through three values at -1, 0 and 1. */
final class Parabola {
  private Parabola() {}

  /** Its place, within ±1/2; 0 where the values are flat. */
  static double top(double left, double middle, double right) {
    double curvature = left - 2 * middle + right;
    if (Math.abs(curvature) < 1e-12) {
      return 0;
    }
    return Math.max(-0.5, Math.min(0.5, 0.5 * (left - right) / curvature));
  }
}
