package dev.dualprocess;

import java.util.Objects;

/**
 * What a verifier says to one question.
 *
 * @param loss -Σ log p(answer token), or its mean over the tokens, as asked; natural logarithm, at
 *     least 0
 * @param probability exp(-loss), 0 to 1: what is shown to people
 * @param predicted the text the verifier would rather have given at the answer's positions
 */
public record Assessment(double loss, double probability, String predicted) {
  /** Refuses null. */
  public Assessment {
    Objects.requireNonNull(predicted, "predicted");
  }

  /** What a loss says: its probability is exp(-loss). */
  public static Assessment ofLoss(double loss, String predicted) {
    return new Assessment(loss, Math.exp(-loss), predicted);
  }
}
