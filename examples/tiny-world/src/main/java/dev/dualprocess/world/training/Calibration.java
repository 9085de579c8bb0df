package dev.dualprocess.world.training;

import dev.dualprocess.world.training.VerifierTraining.Answered;
import java.util.List;

/**
 * Temperature scaling (arXiv 1706.04599, section 4.2): the one factor on logits with which answers
 * are most likely right. Graded answers leave a verifier less sure than it is right: where it is
 * asked to say Yes at 0.7 it is asked to be unsure of a Yes.
 *
 * @param factor 1 / temperature
 */
record Calibration(double factor) {
  private static final double LOWEST = 0.1;
  private static final double HIGHEST = 10;
  private static final double EXACT = 1e-6;

  /** That minimises the mean of log(1 + exp(-s z)), where z > 0 is right. */
  static Calibration of(List<Answered> answers) {
    double low = LOWEST;
    double high = HIGHEST;
    while (high - low > EXACT) { // the loss is convex
      double middle = (low + high) / 2;
      if (slope(answers, middle) < 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return new Calibration((low + high) / 2);
  }

  private static double slope(List<Answered> answers, double factor) {
    return answers.stream()
        .mapToDouble(
            answer -> {
              double z = answer.wanted() > 0 ? answer.said() : -answer.said();
              return -z / (1 + Math.exp(factor * z));
            })
        .sum();
  }
}
