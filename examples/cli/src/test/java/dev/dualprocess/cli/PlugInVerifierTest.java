package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.image.Png;
import dev.dualprocess.testing.Fixtures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Verifiers of one's own drive the bundled trained generator; broken ones cost nothing. */
class PlugInVerifierTest {
  private static final String PROMPT = "a photo of a desert at noon";

  @TempDir private Path temporary;

  private Outcome distill(List<String> verifiers, String... more) {
    List<String> args = new ArrayList<>(List.of("distill", "--generator", "tiny"));
    verifiers.forEach(verifier -> args.addAll(List.of("--verifier", verifier)));
    args.addAll(
        List.of(
            "--prompt", PROMPT, "--threads", "1", "--out", temporary.resolve("out").toString()));
    args.addAll(List.of(more));
    return Cli.run(args);
  }

  /** Mean over the unseen seeds of something that is measured in the pixels. */
  private double measured(String when, ToDoubleFunction<BufferedImage> meter) throws IOException {
    try (Stream<Path> images = Files.list(temporary.resolve("out/images"))) {
      List<Path> some = images.filter(i -> i.toString().endsWith(when + ".png")).toList();
      double sum = 0;
      for (Path image : some) {
        sum += meter.applyAsDouble(Png.read(image));
      }
      return sum / some.size();
    }
  }

  private static double brightness(BufferedImage image) {
    return mean(image, 1 / 3.0, 1 / 3.0, 1 / 3.0);
  }

  private static double warmth(BufferedImage image) {
    return 0.5 + mean(image, 0.5, 0, -0.5);
  }

  private static double mean(BufferedImage image, double red, double green, double blue) {
    double sum = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        sum += red * ((rgb >> 16) & 0xff) + green * ((rgb >> 8) & 0xff) + blue * (rgb & 0xff);
      }
    }
    return sum / (255.0 * image.getWidth() * image.getHeight());
  }

  @Test
  void plainJavaAloneMovesTheBrightnessToItsTarget() throws IOException {
    movesToItsTarget("brightness", 0.4, PlugInVerifierTest::brightness);
  }

  @Test
  void anExpressionOfLibtorchAloneMovesTheWarmthToItsTarget() throws IOException {
    movesToItsTarget("warmth", 0.3, PlugInVerifierTest::warmth);
  }

  private void movesToItsTarget(String name, double target, ToDoubleFunction<BufferedImage> meter)
      throws IOException {
    Outcome outcome =
        distill(
            List.of(name),
            "--question",
            "How much of it?",
            "--answer",
            Double.toString(target),
            "--steps",
            "60",
            "--rank",
            "8",
            "--learning-rate",
            "2e-4");
    assertEquals(0, outcome.exitCode(), outcome.err());
    double before = measured("before", meter);
    assertTrue(before > target + 0.1, name + " before: " + before);
    assertEquals(target, measured("after", meter), 0.06, name);
  }

  @Test
  void aCommitteeWithTheTrainedModelMovesBoth() throws IOException {
    Outcome outcome =
        distill(
            List.of("tiny", "brightness"),
            "--horizon",
            "0.3125",
            "--preset",
            "authors",
            "--alpha",
            "16",
            "--learning-rate",
            "8e-4",
            "--evaluation-seeds",
            "16");
    assertEquals(0, outcome.exitCode(), outcome.err());
    JsonNode evaluation =
        Fixtures.json(temporary.resolve("out/results.json")).path("evaluations").get(0);
    assertTrue(evaluation.path("after").path("probability").asDouble() > 0.85);
    assertTrue(evaluation.path("before").path("probability").asDouble() < 0.4);
    double before = measured("before", PlugInVerifierTest::brightness);
    double after = measured("after", PlugInVerifierTest::brightness);
    assertTrue(
        Math.abs(after - 0.8) < Math.abs(before - 0.8), "brightness " + before + " to " + after);
    JsonNode verifiers = Fixtures.json(temporary.resolve("out/config.json")).path("verifiers");
    assertEquals(2, verifiers.size());
  }

  @ParameterizedTest
  @CsvSource({
    "broken-throws, verifier 'broken-throws' failed: out of ideas",
    "broken-nan-loss, the loss became NaN: verifier 'broken-nan-loss' returned it",
    "broken-nan-gradient, the gradient became NaN or infinite at step 1: verifier 'broken-nan-gradient'",
    "broken-wrong-shape, 'broken-wrong-shape' returned a gradient of shape"
  })
  void brokenPlugInsAreToldByNameAndCostNothing(String name, String said) throws IOException {
    Path earlier = Files.createDirectories(temporary.resolve("out")).resolve("results.json");
    Files.writeString(earlier, "{}");
    Outcome outcome = distill(List.of(name), "--question", "Is it good?", "--steps", "3");
    assertEquals(1, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains(said), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertEquals("{}", Files.readString(earlier));
    assertTrue(Files.notExists(temporary.resolve("out/lora.safetensors")));
  }

  @Test
  void aPlugInThatDoesNotUnderstandItsAnswerSaysSo() {
    Outcome outcome =
        distill(List.of("brightness"), "--question", "How bright?", "--answer", "very");
    assertEquals(2, outcome.exitCode());
    assertTrue(outcome.err().contains("a number from 0 to 1, Yes or No"), outcome.err());
  }
}
