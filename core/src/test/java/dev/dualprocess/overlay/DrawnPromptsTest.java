package dev.dualprocess.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.PngBytes;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pixels of every drawn visual prompt: colours, places, thickness, at any size. */
class DrawnPromptsTest {
  private static final int RED = 0xff0000;
  private static final int BLUE = 0x0000ff;
  private static final int WHITE = 0xffffff;

  private static int rgb(BufferedImage picture, int x, int y) {
    return picture.getRGB(x, y) & 0xffffff;
  }

  @Property
  void everySwatchOfAPaletteStandsInItsPlace(
      @ForAll @Size(min = 1, max = 9) List<@IntRange(max = WHITE) Integer> colors,
      @ForAll @IntRange(min = 4, max = 40) int rows,
      @ForAll @IntRange(min = 4, max = 40) int columns) {
    ImageSize size = new ImageSize(16 * rows, 16 * columns);
    String text = String.join(",", colors.stream().map(c -> String.format("#%06x", c)).toList());
    BufferedImage drawing = VisualPrompt.palette(text).draw(size);
    int top = size.height() - Math.round(size.height() / 6f);
    int n = colors.size();
    for (int i = 0; i < n; i++) {
      int middle = (int) ((i + 0.5) * size.width() / n);
      int wanted = colors.get(i) == WHITE ? 0xfefefe : colors.get(i);
      assertEquals(wanted, rgb(drawing, middle, size.height() - 1));
      assertEquals(wanted, rgb(drawing, middle, top));
      assertEquals(WHITE, rgb(drawing, middle, top - 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "red", "#12345", "#1234567", "#d83b2a,", "#d83b2a #000000"})
  void malformedColoursAreRefused(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> VisualPrompt.palette(text));
    assertTrue(e.getMessage().contains("is not a colour: write #rrggbb"), e.getMessage());
  }

  @Property
  void aLineHasTheWantedThickness(
      @ForAll @IntRange(min = 1, max = 12) int pixels,
      @ForAll @IntRange(min = 4, max = 64) int rows) {
    ImageSize size = new ImageSize(16 * rows, 16 * rows);
    BufferedImage drawing = VisualPrompt.lineWeight(pixels).draw(size);
    int middle = size.width() / 2;
    int red = 0;
    double sum = 0;
    for (int y = 0; y < size.height(); y++) {
      if (rgb(drawing, middle, y) == RED) {
        red++;
        sum += y + 0.5;
      } else {
        assertEquals(WHITE, rgb(drawing, middle, y));
      }
    }
    assertEquals(pixels, red);
    assertEquals(0.9 * size.height(), sum / red, Math.max(1.1, pixels / 2.0));
    assertEquals(WHITE, rgb(drawing, size.width() / 20, (int) (sum / red)));
    assertEquals(RED, rgb(drawing, size.width() / 8, (int) (sum / red)));
  }

  @Test
  void aLineOfNoThicknessOrTooMuchIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> VisualPrompt.lineWeight(0));
    assertThrows(IllegalArgumentException.class, () -> VisualPrompt.lineWeight(Double.NaN));
    VisualPrompt thick = VisualPrompt.lineWeight(30);
    assertThrows(IllegalArgumentException.class, () -> thick.draw(ImageSize.square(64)));
  }

  @Property(tries = 60)
  void pointsAreDiscsWhereTheyShouldBe(
      @ForAll @DoubleRange(min = 0.1, max = 0.4) double ax,
      @ForAll @DoubleRange(min = 0.1, max = 0.9) double ay,
      @ForAll @IntRange(min = 4, max = 64) int rows) {
    ImageSize size = new ImageSize(16 * rows, 24 * rows);
    BufferedImage drawing = VisualPrompt.depth(ax, ay, 0.7, 0.5).draw(size);
    double radius = Math.max(2, 3.5 * size.height() / 100.0);
    double centreX = ax * size.width();
    double centreY = ay * size.height();
    int reach = (int) Math.ceil(radius) + 3;
    for (int y = (int) centreY - reach; y <= centreY + reach; y++) {
      for (int x = (int) centreX - reach; x <= centreX; x++) {
        if (x < 0 || y < 0 || y >= size.height()) {
          continue;
        }
        double distance = Math.hypot(x + 0.5 - centreX, y + 0.5 - centreY);
        if (Math.abs(distance - radius) > 0.75) {
          assertEquals(distance < radius ? RED : WHITE, rgb(drawing, x, y), x + "," + y);
        }
      }
    }
  }

  @Property(tries = 40)
  void smallPointsAreToldApartByTheirColorsAndHaveNoLetters(
      @ForAll @DoubleRange(min = 0.1, max = 0.4) double ax,
      @ForAll @DoubleRange(min = 0.6, max = 0.9) double bx,
      @ForAll @IntRange(min = 32, max = 127) int side) {
    BufferedImage drawing = VisualPrompt.depth(ax, 0.5, bx, 0.5).draw(ImageSize.square(side));
    double radius = Math.max(2, 3.5 * side / 100.0);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double toA = Math.hypot(x + 0.5 - ax * side, y + 0.5 - 0.5 * side);
        double toB = Math.hypot(x + 0.5 - bx * side, y + 0.5 - 0.5 * side);
        boolean onAnEdge = Math.abs(toA - radius) <= 0.75 || Math.abs(toB - radius) <= 0.75;
        if (!onAnEdge) {
          int expected = toA < radius ? RED : toB < radius ? BLUE : WHITE;
          assertEquals(expected, rgb(drawing, x, y), x + "," + y);
        }
      }
    }
  }

  @Property(tries = 40)
  void aDrawingIsTheSameAtEverySizeButForItsScale(
      @ForAll @DoubleRange(min = 0.2, max = 0.6) double x,
      @ForAll @DoubleRange(min = 0.2, max = 0.8) double y) {
    VisualPrompt prompt = VisualPrompt.depth(x, y, 0.75, 0.5);
    double small = share(prompt.draw(ImageSize.square(256)));
    double large = share(prompt.draw(ImageSize.square(1024)));
    assertEquals(large, small, 0.12 * large);
  }

  private static double share(BufferedImage drawing) {
    double red = 0;
    for (int y = 0; y < drawing.getHeight(); y++) {
      for (int x = 0; x < drawing.getWidth(); x++) {
        int value = rgb(drawing, x, y);
        assertTrue(value == RED || value == WHITE, "neither red nor white");
        red += value == RED ? 1 : 0;
      }
    }
    return red / ((double) drawing.getWidth() * drawing.getHeight());
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
  void placesOutsideThePictureAreRefused(double value) {
    assertThrows(IllegalArgumentException.class, () -> VisualPrompt.depth(value, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> VisualPrompt.depth(0, 0, 0, value));
    assertThrows(IllegalArgumentException.class, () -> new Annotation.Arrow(0, 0, value, 0.5));
    assertThrows(IllegalArgumentException.class, () -> new Annotation.Box(0.5, 0, value, 0.5));
    assertThrows(IllegalArgumentException.class, () -> new Annotation.Label("sky", value, 0.5));
  }

  @Test
  void aBoxMustFitAndAnArrowMustHaveALength() {
    assertThrows(IllegalArgumentException.class, () -> new Annotation.Box(0.6, 0.1, 0.5, 0.2));
    assertThrows(IllegalArgumentException.class, () -> new Annotation.Box(0.6, 0.1, 0, 0.2));
    assertThrows(IllegalArgumentException.class, () -> new Annotation.Arrow(0.5, 0.5, 0.5, 0.5));
    assertThrows(
        IllegalArgumentException.class,
        () -> VisualPrompt.composition(Optional.empty(), List.of()));
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 256, 1024})
  void annotationsStandWhereTheDataSays(int side) {
    VisualPrompt prompt =
        VisualPrompt.composition(
            Optional.empty(),
            List.of(
                new Annotation.Box(0.25, 0.25, 0.5, 0.5),
                new Annotation.Arrow(0.1, 0.9, 0.1, 0.5)));
    assertEquals(OverlayMode.SOLID, prompt.mode());
    BufferedImage drawing = prompt.draw(ImageSize.square(side));
    assertEquals(RED, rgb(drawing, side / 2, side / 4), "upper edge");
    assertEquals(RED, rgb(drawing, side * 3 / 4, side / 2), "right edge");
    assertEquals(WHITE, rgb(drawing, side / 2, side / 2), "inside");
    assertEquals(RED, rgb(drawing, side / 10, side * 8 / 10), "shaft");
    assertEquals(RED, rgb(drawing, side / 10, (int) (side * 0.53)), "head");
    assertEquals(WHITE, rgb(drawing, side / 10, (int) (side * 0.47)), "beyond the head");
  }

  @Test
  void aCompositionIsReadFromData(@TempDir Path folder) throws IOException {
    BufferedImage painting = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    painting.createGraphics().fillRect(0, 0, 8, 8);
    for (int i = 0; i < 64; i++) {
      painting.setRGB(i % 8, i / 8, Color.BLUE.getRGB());
    }
    ImageIO.write(painting, "png", folder.resolve("painting.png").toFile());
    Path file =
        Files.writeString(
            folder.resolve("composition.json"),
            """
            {"painting": "painting.png",
             "annotations": [{"box": [0.25, 0.25, 0.5, 0.5]}, {"text": "sea", "at": [0.5, 0.9]}]}
            """);
    VisualPrompt prompt = VisualPrompt.composition(file);
    assertEquals(OverlayMode.TRANSPARENT, prompt.mode());
    BufferedImage drawing = prompt.draw(ImageSize.square(128));
    assertEquals(0x0000ff, rgb(drawing, 5, 5));
    assertEquals(RED, rgb(drawing, 64, 32));
    assertTrue(prompt.defaultQuestion().isPresent());
  }

  @Test
  void aGreyPaintingKeepsItsValues(@TempDir Path folder) throws IOException {
    byte[] painting =
        new PngBytes(1, 2, 8, PngBytes.GREY).rows(PngBytes.bytes(30), PngBytes.bytes(30));
    Files.write(folder.resolve("painting.png"), painting);
    Path file =
        Files.writeString(folder.resolve("composition.json"), "{\"painting\": \"painting.png\"}");
    assertEquals(0x1e1e1e, rgb(VisualPrompt.composition(file).draw(ImageSize.square(64)), 9, 50));
    BufferedImage handed = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    handed.getRaster().setSamples(0, 0, 2, 2, 0, new int[] {30, 30, 30, 30});
    VisualPrompt own = VisualPrompt.composition(Optional.of(handed), List.of());
    assertEquals(0x1e1e1e, rgb(own.draw(ImageSize.square(64)), 9, 50));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"annotations\": [{\"arrow\": [0.1, 0.2, 0.3]}]}",
        "{\"annotations\": [{\"arrow\": [0.1, 0.2, 0.3, \"x\"]}]}",
        "{\"annotations\": [{\"text\": \"sky\"}]}",
        "{\"annotations\": [{\"circle\": [0.1, 0.2, 0.3]}]}",
        "{\"painting\": \"nowhere.png\"}",
        "[1]",
        "{"
      })
  void brokenCompositionsAreRefusedInOneLine(String json, @TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("composition.json"), json);
    IOException e = assertThrows(IOException.class, () -> VisualPrompt.composition(file));
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
  }
}
