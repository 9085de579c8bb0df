package dev.dualprocess.distill;

/** Told of every step, on the thread that runs the engine. */
@FunctionalInterface
public interface StepListener {
  /** A step was done. An exception ends the run. */
  void onStep(StepReport report);

  /** A checkpoint of the steps so far was written; nothing by default. */
  default void onCheckpoint(int steps) {}
}
