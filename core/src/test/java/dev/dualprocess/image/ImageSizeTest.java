package dev.dualprocess.image;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes: width first where people read them, height first everywhere else. */
class ImageSizeTest {
  @Test
  void peopleWriteTheWidthFirst() {
    assertEquals(new ImageSize(512, 768), ImageSize.parse("768x512"));
    assertEquals(new ImageSize(512, 768), ImageSize.parse(" 768X512\n"));
    assertEquals(new ImageSize(64, 64), ImageSize.square(64));
  }

  @Property(tries = 100)
  void whatIsWrittenIsReadBack(
      @ForAll @IntRange(min = 1, max = 99_999) int height,
      @ForAll @IntRange(min = 1, max = 99_999) int width) {
    ImageSize size = new ImageSize(height, width);
    assertEquals(width + "x" + height, size.toString());
    assertEquals(size, ImageSize.parse(size.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "512", "512x", "x512", "512*512", "-1x5", "1.5x2", "512x512x3", "100000x1"})
  void whatIsNoSizeIsRefused(String text) {
    assertRefused(
        IllegalArgumentException.class,
        () -> ImageSize.parse(text),
        "'" + text + "'",
        "WIDTHxHEIGHT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x5", "5x0", "0x0"})
  void anImageWithoutPixelsIsRefused(String text) {
    assertRefused(IllegalArgumentException.class, () -> ImageSize.parse(text), "image of " + text);
  }

  @ParameterizedTest
  @CsvSource({
    "100x64, 16, 96x64",
    "104x64, 16, 112x64",
    "512x510, 16, 512x512",
    "3x5, 16, 16x16",
    "30x31, 28, 28x28",
  })
  void aSizeThatDoesNotFitIsToldTheNearestThatDoes(String size, int unit, String nearest) {
    assertRefused(
        IllegalArgumentException.class,
        () -> ImageSize.parse(size).requireMultipleOf(unit),
        "size " + size,
        "multiples of " + unit,
        "nearest is " + nearest);
  }

  @Test
  void aSizeThatFitsIsLeftAlone() {
    ImageSize size = new ImageSize(48, 160);
    assertSame(size, size.requireMultipleOf(16));
  }
}
