package dev.dualprocess.image;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

  @Test
  void textsOfOtherProgramsAreRead() throws IOException {
    String seed = "Seed: 3";
    byte[] packed = PngBytes.deflated(seed.getBytes(StandardCharsets.ISO_8859_1));
    byte[] international = "日本".getBytes(StandardCharsets.UTF_8);
    PngBytes png = new PngBytes(1, 1, 8, PngBytes.GREY);
    png.text("tEXt", "Comment\0caf\u00e9");
    png.chunk("zTXt", ReadBack.joined(latin("parameters\0\0"), packed));
    png.chunk("iTXt", ReadBack.joined(latin("plain\0\0\0ja\0\0"), international));
    png.chunk("iTXt", ReadBack.joined(latin("packed\0\1\0\0\0"), PngBytes.deflated(international)));
    Path path = Files.write(folder.resolve("a.png"), png.rows(PngBytes.bytes(1)));
    assertEquals(
        Map.of("Comment", "café", "parameters", seed, "plain", "日本", "packed", "日本"),
        Png.readTexts(path));
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void brokenTextsAreLeftOut() throws IOException {
    PngBytes png = new PngBytes(1, 1, 8, PngBytes.GREY).text("tEXt", "a\0b");
    for (String broken : new String[] {"", "x", "x\0", "x\0\0no zlib", "x\0\1", "x\0\1\0\0\0zz"}) {
      png.text("zTXt", broken).text("iTXt", broken);
    }
    png.text("tEXt", "no end");
    Path path = Files.write(folder.resolve("a.png"), png.rows(PngBytes.bytes(1)));
    assertEquals(Map.of("a", "b"), Png.readTexts(path));
  }

  @Test
  void onlyAPngHasTexts() throws IOException {
    Path text = Files.writeString(folder.resolve("text.png"), "not a picture");
    assertRefused(IOException.class, () -> Png.readTexts(text), text, "not a PNG");
    Path missing = folder.resolve("missing.png");
    assertRefused(IOException.class, () -> Png.readTexts(missing), missing, "no such file");
  }
}
