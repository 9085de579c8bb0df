package dev.dualprocess.cli;

import dev.dualprocess.image.ImageSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code WIDTHxHEIGHT} in pixels, such as {@code 768x512}. */
final class ImageSizeConverter implements ITypeConverter<ImageSize> {
  @Override
  public ImageSize convert(String value) {
    try {
      return ImageSize.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
