package dev.dualprocess.cli;

import dev.dualprocess.config.UserPath;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code FILE[:SCALE]}; the suffix counts only if what follows the last colon is a number, and
 * there is no file whose whole name that is.
 *
 * @param file a LoRA file, or a folder with one
 * @param weight factor of its effect, 1 if nothing is said
 */
record LoraOption(Path file, double weight) {
  static LoraOption parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon > 0 && !Files.exists(UserPath.of(text))) {
      try {
        double weight = Double.parseDouble(text.substring(colon + 1));
        if (!Double.isFinite(weight)) {
          throw new TypeConversionException("'%s': its scale must be a number".formatted(text));
        }
        return new LoraOption(UserPath.of(text.substring(0, colon)), weight);
      } catch (NumberFormatException e) {
        return new LoraOption(UserPath.of(text), 1.0);
      }
    }
    return new LoraOption(UserPath.of(text), 1.0);
  }

  /** Reads the option for picocli. */
  static final class Converter implements ITypeConverter<LoraOption> {
    @Override
    public LoraOption convert(String value) {
      if (value.isBlank()) {
        throw new TypeConversionException("the path is empty");
      }
      try {
        return LoraOption.parse(value);
      } catch (InvalidPathException e) {
        throw new TypeConversionException("'%s' is no path: %s".formatted(value, e.getReason()));
      }
    }
  }
}
