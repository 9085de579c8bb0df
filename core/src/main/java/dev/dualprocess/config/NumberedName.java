package dev.dualprocess.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.OptionalDouble;

/**
 * A name as people write it with a number behind it: {@code NAME} or {@code NAME:NUMBER}. The
 * suffix counts only if what follows the last colon is a number, and there is no file of that whole
 * name.
 *
 * @param name what is named
 * @param number what follows it, which may be infinite or not a number; empty if nothing does
 */
public record NumberedName(String name, OptionalDouble number) {
  /** Reads what was written. */
  public static NumberedName of(String written) {
    int colon = written.lastIndexOf(':');
    if (colon > 0 && !isFile(written)) {
      try {
        double number = Double.parseDouble(written.substring(colon + 1));
        return new NumberedName(written.substring(0, colon), OptionalDouble.of(number));
      } catch (NumberFormatException e) {
        return new NumberedName(written, OptionalDouble.empty());
      }
    }
    return new NumberedName(written, OptionalDouble.empty());
  }

  private static boolean isFile(String written) {
    try {
      return Files.exists(UserPath.of(written));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
