package dev.dualprocess.overlay;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.audit.TurnedDrawing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Png;
import dev.dualprocess.image.PngBytes;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
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

  private VisualPrompt greys(OverlayMode mode) throws IOException {
    byte[] file = new PngBytes(3, 1, 8, PngBytes.GREY).rows(PngBytes.bytes(30, 254, 255));
    return VisualPrompt.file(Files.write(folder.resolve("grey.png"), file), mode);
  }

  @Test
  void greysAreDrawnAsTheyAreStored() throws IOException {
    BufferedImage drawn = greys(OverlayMode.SOLID).draw(ImageSize.square(3));
    assertEquals(0xff1e1e1e, drawn.getRGB(0, 0));
    assertEquals(0xfffefefe, drawn.getRGB(1, 0));
    BufferedImage handed = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
    handed.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {30, 254, 255});
    VisualPrompt own = VisualPrompt.drawing(handed, OverlayMode.SOLID);
    ImageSize size = ImageSize.square(3);
    assertEquals(greys(OverlayMode.SOLID).fingerprint(size), own.fingerprint(size));
    BufferedImage turned = new TurnedDrawing(own).draw(size);
    assertEquals(0xff1e1e1e, turned.getRGB(2, 0));
  }

  @Test
  void onlyExactlyWhiteGreysAreSeenThrough() throws IOException {
    try (PointerScope scope = new PointerScope();
        Overlay overlay =
            Overlay.of(greys(OverlayMode.SOLID), new ImageSize(1, 3), Placement.CPU)) {
      float[] seen = Ops.toFloats(overlay.apply(torch.zeros(1, 3, 1, 3)));
      for (int channel = 0; channel < 3; channel++) {
        assertEquals(30 / 127.5f - 1, seen[3 * channel], 1e-6f);
        assertEquals(254 / 127.5f - 1, seen[3 * channel + 1], 1e-6f);
        assertEquals(0, seen[3 * channel + 2], "the image itself");
      }
    }
  }

  @Test
  void greyAlphaAndPalettesLieOnWhitePaper() throws IOException {
    byte[] greyAlpha =
        new PngBytes(2, 1, 8, PngBytes.GREY_ALPHA).rows(PngBytes.bytes(30, 128, 30, 0));
    byte[] palette =
        new PngBytes(2, 1, 8, PngBytes.PALETTE)
            .chunk("PLTE", PngBytes.bytes(30, 30, 30))
            .chunk("tRNS", PngBytes.bytes(128))
            .rows(PngBytes.bytes(0, 0));
    BufferedImage one = drawn(greyAlpha);
    assertEquals(0xff8e8e8e, one.getRGB(0, 0)); // 30 · 128 / 255 + 127
    assertEquals(0xffffffff, one.getRGB(1, 0));
    assertEquals(0xff8e8e8e, drawn(palette).getRGB(1, 0));
  }

  private BufferedImage drawn(byte[] file) throws IOException {
    Path path = Files.write(folder.resolve("drawing.png"), file);
    return VisualPrompt.file(path, OverlayMode.SOLID).draw(ImageSize.square(2));
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
