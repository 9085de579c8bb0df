package dev.dualprocess.image;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures with their parameters inside. */
class PngTest {
  @TempDir Path folder;

  private static BufferedImage picture() {
    BufferedImage picture = new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 15; i++) {
      picture.setRGB(i % 5, i / 5, 0x10203 * i);
    }
    return picture;
  }

  @Test
  void pictureAndTextsComeBack() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("prompt", "ein Café, 日本, \"quoted\" <xml/> & more");
    texts.put("parameters", "{\n \"seed\": 3,\n \"lora\": \"C:\\\\x\"\n}");
    texts.put("empty", "");
    texts.put("long", "x".repeat(100_000));
    Path path = folder.resolve("images/a.png");
    Png.write(path, picture(), texts);
    assertEquals(texts, Png.readTexts(path));
    assertArrayEquals(Pixels.rgb(picture()), Pixels.rgb(Png.read(path)));
  }

  @Test
  void aPictureMayComeWithoutTexts() throws IOException {
    Path path = folder.resolve("a.png");
    Png.write(path, picture(), Map.of());
    assertEquals(Map.of(), Png.readTexts(path));
    assertArrayEquals(Pixels.rgb(picture()), Pixels.rgb(Png.read(path)));
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = folder.resolve("missing.png");
    assertRefused(IOException.class, () -> Png.read(missing), missing, "no such file");
  }

  @Test
  void whatIsNoPictureIsNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("text.png"), "not\na picture");
    assertRefused(IOException.class, () -> Png.read(text), text, "not a picture");
  }

  @Test
  void aBrokenPictureIsNamed() throws IOException {
    Path path = folder.resolve("a.png");
    Png.write(path, picture(), Map.of());
    byte[] all = Files.readAllBytes(path);
    for (int length : new int[] {0, 4, 12, 20, 45}) {
      Files.write(path, Arrays.copyOf(all, length));
      assertRefused(IOException.class, () -> Png.read(path), path, "not a picture");
    }
  }
}
