package dev.dualprocess.world.training;

/**
 * A learning rate that rises over the first steps and then falls to nothing along half a cosine.
 *
 * @param peak its largest value
 * @param warmup steps to reach it
 * @param steps in all
 */
record LearningRate(double peak, int warmup, int steps) {
  /** The rate of step {@code step}, counted from 0. */
  double at(int step) {
    if (step < warmup) {
      return peak * (step + 1) / warmup;
    }
    double done = (double) (step - warmup) / Math.max(1, steps - warmup);
    return peak * (0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * done)));
  }
}
