package dev.dualprocess.overlay;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Png;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's own drawing. */
class DrawingTest {
  @TempDir Path folder;

  @Test
  void aFileIsDrawnAsItIs() throws IOException {
    BufferedImage picture = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(1, 0, 0x123456);
    Path path = folder.resolve("mine.png");
    Png.write(path, picture, Map.of());
    VisualPrompt drawing = VisualPrompt.file(path, OverlayMode.TRANSPARENT);
    BufferedImage drawn = drawing.draw(ImageSize.square(64));
    assertEquals(2, drawn.getWidth());
    assertEquals(1, drawn.getHeight());
    assertEquals(0x123456, drawn.getRGB(1, 0) & 0xffffff);
    assertEquals(OverlayMode.TRANSPARENT, drawing.mode());
    assertEquals(Optional.empty(), drawing.defaultQuestion());
    assertEquals("overlay " + path, drawing.toString());
  }

  @Test
  void seeThroughPartsAreWhitePaper() {
    BufferedImage glass = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    glass.setRGB(1, 0, 0xff00ff00);
    BufferedImage drawn = VisualPrompt.drawing(glass, OverlayMode.SOLID).draw(ImageSize.square(2));
    assertEquals(0xffffff, drawn.getRGB(0, 0) & 0xffffff);
    assertEquals(0x00ff00, drawn.getRGB(1, 0) & 0xffffff);
  }

  @Test
  void whatCannotBeReadIsRefused() throws IOException {
    Path missing = folder.resolve("missing.png");
    Path text = Files.writeString(folder.resolve("text.png"), "no\npicture");
    assertRefused(
        IOException.class,
        () -> VisualPrompt.file(missing, OverlayMode.SOLID),
        missing,
        "no such file");
    assertRefused(
        IOException.class, () -> VisualPrompt.file(text, OverlayMode.SOLID), text, "not a picture");
    assertRefused(IOException.class, () -> VisualPrompt.file(folder, OverlayMode.SOLID), folder);
  }
}
