package dev.dualprocess.vqa;

import dev.dualprocess.tensor.NotFiniteException;
import java.util.SplittableRandom;

/** Chooses the next token from its logits: the most probable, or one drawn at a temperature. */
final class NextToken {
  private final double temperature;
  private final SplittableRandom random;

  NextToken(double temperature, long seed) {
    this.temperature = temperature;
    this.random = new SplittableRandom(seed);
  }

  /**
   * The index of the token that was chosen; -∞ is never chosen.
   *
   * @throws NotFiniteException if a logit is NaN or ∞
   */
  int choose(float[] logits) {
    requireNumbers(logits);
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return temperature == 0 ? best : draw(logits, logits[best], best);
  }

  private static void requireNumbers(float[] logits) {
    for (float logit : logits) {
      if (!(logit < Float.POSITIVE_INFINITY)) {
        throw new NotFiniteException("the model's answer is not finite: a logit is " + logit);
      }
    }
  }

  /** By its share of Σ exp((logit - largest) / temperature). */
  private int draw(float[] logits, double largest, int best) {
    double[] upTo = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      sum += Math.exp((logits[i] - largest) / temperature);
      upTo[i] = sum;
    }
    double at = random.nextDouble() * sum;
    for (int i = 0; i < logits.length; i++) {
      if (at < upTo[i]) {
        return i;
      }
    }
    return best;
  }
}
