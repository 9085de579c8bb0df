package dev.dualprocess.models;

import dev.dualprocess.config.NumberedName;

/**
 * A member of a committee as a user writes it: {@code NAME} or {@code NAME:WEIGHT}, a {@link
 * NumberedName}.
 *
 * @param written all of it
 * @param name of the model
 * @param weight how much it counts beside the others, above 0; 1 if nothing is said
 */
public record Weighted(String written, String name, double weight) {
  private static final double MOST_WEIGHT = 1e6;

  /**
   * Checks the weight.
   *
   * @throws IllegalArgumentException in one line, if it is out of range
   */
  public Weighted {
    if (!(weight > 0 && weight <= MOST_WEIGHT)) {
      throw new IllegalArgumentException(
          "'%s': a verifier's weight must be above 0 and at most %.0f, not %s"
              .formatted(written, MOST_WEIGHT, weight));
    }
  }

  /** Reads what was written. */
  public static Weighted of(String written) {
    NumberedName read = NumberedName.of(written);
    return new Weighted(written, read.name(), read.number().orElse(1));
  }
}
