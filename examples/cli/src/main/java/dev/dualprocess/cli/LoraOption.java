package dev.dualprocess.cli;

import dev.dualprocess.config.UserPath;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;

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
        return new LoraOption(
            UserPath.of(text.substring(0, colon)), Double.parseDouble(text.substring(colon + 1)));
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
      return LoraOption.parse(value);
    }
  }
}
