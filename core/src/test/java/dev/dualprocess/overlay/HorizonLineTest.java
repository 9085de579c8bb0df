package dev.dualprocess.overlay;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Png;
import dev.dualprocess.testing.Fixtures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The red line: its golden picture, and its rows at any size. */
class HorizonLineTest {
  private static final int RED = 0xff0000;
  private static final int WHITE = 0xffffff;

  private static int pixel(BufferedImage picture, int x, int y) {
    return picture.getRGB(x, y) & 0xffffff;
  }

  @Test
  void itIsTheGoldenLinePixelForPixel() throws IOException {
    BufferedImage golden =
        Png.read(Fixtures.projectRoot().resolve("examples/cli/src/test/golden/line.png"));
    ImageSize size = new ImageSize(golden.getHeight(), golden.getWidth());
    BufferedImage drawn = VisualPrompt.horizon(0.3125).draw(size);
    assertEquals(size, new ImageSize(drawn.getHeight(), drawn.getWidth()));
    for (int y = 0; y < size.height(); y++) {
      for (int x = 0; x < size.width(); x++) {
        assertEquals(pixel(golden, x, y), pixel(drawn, x, y), x + "," + y);
      }
    }
  }

  /** h = max(2, 2 round(H / 64)) rows from row round(p H) - h / 2, as far as they are there. */
  @Property(tries = 200)
  void itsRowsFollowTheFormula(
      @ForAll @DoubleRange(min = 0, max = 1) @Scale(6) double position,
      @ForAll @IntRange(min = 1, max = 1100) int height,
      @ForAll @IntRange(min = 1, max = 3) int width) {
    BufferedImage drawn = VisualPrompt.horizon(position).draw(new ImageSize(height, width));
    double thickness = Math.max(2, 2 * Math.floor(height / 64.0 + 0.5));
    double top = Math.floor(position * height + 0.5) - thickness / 2;
    for (int y = 0; y < height; y++) {
      int wanted = y >= top && y < top + thickness ? RED : WHITE;
      for (int x = 0; x < width; x++) {
        assertEquals(wanted, pixel(drawn, x, y), "row " + y);
      }
    }
  }

  /** Height, position, first red row, number of red rows. */
  @ParameterizedTest
  @CsvSource({
    "64, 0.3125, 19, 2",
    "64, 0, 0, 1",
    "64, 1, 63, 1",
    "16, 0.5, 7, 2",
    "512, 0.25, 120, 16",
    "1024, 0.5, 496, 32",
    "128, 0.5, 62, 4",
  })
  void itsRowsByHand(int height, double position, int first, int count) {
    BufferedImage drawn = VisualPrompt.horizon(position).draw(new ImageSize(height, 1));
    for (int y = 0; y < height; y++) {
      assertEquals(y >= first && y < first + count ? RED : WHITE, pixel(drawn, 0, y), "row " + y);
    }
  }

  @Test
  void itIsLaidOverSolidAndAsksForItself() {
    VisualPrompt line = VisualPrompt.horizon(0.3125);
    assertEquals(OverlayMode.SOLID, line.mode());
    assertEquals(Optional.of("Is the horizon at the red line?"), line.defaultQuestion());
    assertEquals("horizon 0.3125", line.toString());
    assertEquals(VisualPrompt.horizon(0.3125), line);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
  void aPositionBeyondTheImageIsRefused(double position) {
    assertRefused(
        IllegalArgumentException.class,
        () -> VisualPrompt.horizon(position),
        "from 0 (top) to 1 (bottom)",
        position);
  }
}
