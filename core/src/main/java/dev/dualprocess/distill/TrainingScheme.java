package dev.dualprocess.distill;

/** Where on the way from noise to image the gradient is taken. */
public enum TrainingScheme {
  /** At a step of the sampling schedule, i = ⌊u N⌋, reached from noise by i steps (the paper's). */
  SAMPLED_STEP,
  /**
   * At one of the model's training timesteps: an image is sampled to its end, then noised again
   * (eq. 1).
   */
  RENOISE
}
