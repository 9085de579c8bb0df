package dev.dualprocess.models;

import dev.dualprocess.config.UserPath;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;

/**
 * A member of a committee as a user writes it: {@code NAME} or {@code NAME:WEIGHT}. The suffix
 * counts only if what follows the last colon is a number, and there is no file of that whole name.
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
    int colon = written.lastIndexOf(':');
    if (colon > 0 && !isFile(written)) {
      try {
        double weight = Double.parseDouble(written.substring(colon + 1));
        return new Weighted(written, written.substring(0, colon), weight);
      } catch (NumberFormatException e) {
        return new Weighted(written, written, 1);
      }
    }
    return new Weighted(written, written, 1);
  }

  private static boolean isFile(String written) {
    try {
      return Files.exists(UserPath.of(written));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
