package dev.dualprocess.cli;

import dev.dualprocess.config.NumberedName;
import dev.dualprocess.config.UserPath;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code FILE[:SCALE]}, a {@link NumberedName}.
 *
 * @param file a LoRA file, or a folder with one
 * @param weight factor of its effect, 1 if nothing is said
 */
record LoraOption(Path file, double weight) {
  static LoraOption parse(String text) {
    NumberedName read = NumberedName.of(text);
    double weight = read.number().orElse(1);
    if (!Double.isFinite(weight)) {
      throw new TypeConversionException("'%s': its scale must be a number".formatted(text));
    }
    return new LoraOption(UserPath.of(read.name()), weight);
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
