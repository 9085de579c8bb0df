package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.testing.Fixtures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A picture as a whole, and in tiles. */
class LookingCloselyTest {
  @TempDir private Path temporary;
  private Path picture;

  @BeforeEach
  void draw() throws IOException {
    BufferedImage drawn = new BufferedImage(150, 90, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 150 * 90; i++) {
      int x = i % 150;
      int y = i / 150;
      drawn.setRGB(x, y, (x * 255 / 149) << 16 | (y * 255 / 89) << 8 | (x * y) % 256);
    }
    picture = temporary.resolve("picture.png");
    assertTrue(ImageIO.write(drawn, "png", picture.toFile()));
  }

  private Outcome rate(String verifier, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "rate",
                "--verifier",
                verifier,
                "--image",
                picture.toString(),
                "--question",
                "Is it dark?",
                "--json"));
    args.addAll(List.of(more));
    return Cli.run(args.toArray(String[]::new));
  }

  private JsonNode rating(String... more) throws IOException {
    Outcome rated = rate(Fixtures.path("tiny-smolvlm").toString(), more);
    assertEquals(0, rated.exitCode(), rated.err());
    JsonNode rating = new ObjectMapper().readTree(rated.out().strip());
    assertTrue(rating.path("probability").asDouble() > 0, rated.out());
    return rating;
  }

  @Test
  void aPictureIsRatedAsAWholeOrInTiles() throws IOException {
    JsonNode whole = rating();
    assertNotEquals(whole.get("loss"), rating("--tiles").get("loss"));
    assertEquals(whole, rating());
  }

  @Test
  void whoSeesNoTilesSaysSo() {
    for (String verifier : List.of(Fixtures.path("tiny-qwen25vl").toString(), "brightness")) {
      Outcome refused = rate(verifier, "--tiles");
      assertNotEquals(0, refused.exitCode());
      assertEquals(1, refused.err().strip().lines().count(), refused.err());
      assertTrue(refused.err().contains("at no picture in tiles"), refused.err());
    }
  }
}
