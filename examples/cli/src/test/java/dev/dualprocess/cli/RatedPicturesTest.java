package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.testing.Fixtures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the picture's file is, what is rated are its values. */
class RatedPicturesTest {
  private static final int GREY = 30;

  /** 64x64 of that grey, lossless, by libwebp. */
  private static final String WEBP = "UklGRiQAAABXRUJQVlA4TBcAAAAvP8APAAdQj3rUo/8BICH8f69F9D/1AwA=";

  @TempDir private Path temporary;

  private Path written(int type, String format) throws IOException {
    BufferedImage picture = new BufferedImage(64, 64, type);
    for (int band = 0; band < picture.getRaster().getNumBands(); band++) {
      for (int i = 0; i < 64 * 64; i++) {
        picture.getRaster().setSample(i % 64, i / 64, band, GREY);
      }
    }
    Path file = temporary.resolve(type + "." + format);
    assertTrue(ImageIO.write(picture, format, file.toFile()));
    return file;
  }

  private static Outcome rate(String verifier, Path image) {
    return Cli.run(
        "rate",
        "--verifier",
        verifier,
        "--image",
        image.toString(),
        "--question",
        "Is it dark?",
        "--answer",
        "No",
        "--json");
  }

  private static double loss(String verifier, Path image) throws IOException {
    Outcome outcome = rate(verifier, image);
    assertEquals(0, outcome.exitCode(), outcome.err());
    return new ObjectMapper().readTree(outcome.out().strip()).path("loss").asDouble();
  }

  @Test
  void aGreyIsAsBrightAsItIsStored() throws IOException {
    Path webP = Files.write(temporary.resolve("grey.webp"), Base64.getDecoder().decode(WEBP));
    List<Path> greys =
        List.of(
            written(BufferedImage.TYPE_3BYTE_BGR, "png"),
            written(BufferedImage.TYPE_BYTE_GRAY, "png"),
            written(BufferedImage.TYPE_BYTE_GRAY, "jpg"),
            written(BufferedImage.TYPE_BYTE_GRAY, "bmp"),
            webP);
    double off = GREY / 255.0 - 0.2;
    for (Path grey : greys) {
      assertEquals(off * off / (2 * 0.1 * 0.1), loss("brightness", grey), 1e-4, grey.toString());
    }
  }

  @Test
  void aVisionLanguageModelSeesTheSameInGreyAsInRgb() throws IOException {
    String verifier = Fixtures.path("tiny-qwen25vl").toString();
    assertEquals(
        loss(verifier, written(BufferedImage.TYPE_3BYTE_BGR, "png")),
        loss(verifier, written(BufferedImage.TYPE_BYTE_GRAY, "png")));
  }

  @Test
  void whatIsNotReadIsToldInOneLine() throws IOException {
    Path avif = Files.writeString(temporary.resolve("photo.avif"), "\0\0\0\30ftypavif\0\0\0\0");
    Outcome outcome = rate("brightness", avif);
    assertEquals(1, outcome.exitCode());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(
        outcome.err().contains(avif + ": not a picture this program can read: it is an AVIF"),
        outcome.err());
    assertTrue(outcome.err().contains("magick FILE picture.png"), outcome.err());
  }
}
