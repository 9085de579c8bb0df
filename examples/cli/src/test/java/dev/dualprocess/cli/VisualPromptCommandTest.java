package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.image.Png;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every visual prompt through the command line, with either family of verifiers, on random tiny
 * models.
 */
class VisualPromptCommandTest {
  @TempDir private Path temporary;

  private List<String> args(String generator, List<String> verifiers, String... more) {
    List<String> args =
        new ArrayList<>(List.of("distill", "--generator", Fixtures.path(generator).toString()));
    verifiers.forEach(
        verifier -> args.addAll(List.of("--verifier", Fixtures.path(verifier).toString())));
    args.addAll(
        List.of(
            "--prompt",
            "Photo of a man",
            "--size",
            "64x64",
            "--rank",
            "2",
            "--steps",
            "2",
            "--evaluation-seeds",
            "1",
            "--threads",
            "1",
            "--out",
            temporary.resolve("out").toString()));
    args.addAll(List.of(more));
    return args;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--palette | #d83b2a,#f2b53c,#27529f | palette at the bottom",
        "--line-weight | 4 | as thick as the red line",
        "--horizon | 0.4 | horizon at the red line",
        "--depth | 0.2,0.3,0.7,0.6 | closer to the camera"
      })
  void drawnPromptsBringTheirQuestion(String option, String value, String question)
      throws IOException {
    for (String verifier : List.of("tiny-qwen25vl", "tiny-idefics2")) {
      Outcome outcome =
          Cli.run(args("tiny-flux-schnell", List.of(verifier), option, value, "--overwrite"));
      assertEquals(0, outcome.exitCode(), outcome.err());
      JsonNode config = Fixtures.json(temporary.resolve("out/config.json"));
      String asked = config.path("checks").get(0).path("question").asText();
      assertTrue(asked.contains(question), asked);
      assertTrue(asked.endsWith("Answer with Yes or No."), asked);
      assertEquals(64, Png.read(temporary.resolve("out/overlay.png")).getWidth());
      assertTrue(Files.exists(temporary.resolve("out/before-after.png")));
    }
  }

  /** What a run says of an image, rate says of its file with the same drawing. */
  @Test
  void aPictureIsRatedWithItsDrawing() throws IOException {
    List<String> args =
        args("tiny-flux-schnell", List.of("tiny-qwen25vl"), "--horizon", "0.4", "--overwrite");
    args.set(args.indexOf("64x64"), "96x64");
    Outcome run = Cli.run(args);
    assertEquals(0, run.exitCode(), run.err());
    double evaluated =
        Fixtures.json(temporary.resolve("out/results.json"))
            .path("evaluations")
            .get(0)
            .path("before")
            .path("loss")
            .asDouble();
    List<String> rate =
        new ArrayList<>(
            List.of(
                "rate",
                "--verifier",
                Fixtures.path("tiny-qwen25vl").toString(),
                "--image",
                temporary.resolve("out/images/photo-of-a-man-seed-10000-before.png").toString(),
                "--json",
                "--question",
                "Is the horizon at the red line?"));
    double bare = loss(rate);
    rate.addAll(List.of("--horizon", "0.4"));
    double drawn = loss(rate);
    assertEquals(evaluated, drawn, 0.2 * Math.abs(bare - evaluated)); // pixels were rounded
    rate.subList(rate.indexOf("--question"), rate.indexOf("--horizon")).clear();
    assertEquals(drawn, loss(rate));
  }

  private static double loss(List<String> rate) throws IOException {
    Outcome outcome = Cli.run(rate);
    assertEquals(0, outcome.exitCode(), outcome.err());
    return new ObjectMapper().readTree(outcome.out().strip()).path("loss").asDouble();
  }

  @Test
  void aCompositionAndADrawingWithTransparency() throws IOException {
    Path composition =
        Files.writeString(
            temporary.resolve("composition.json"),
            "{\"painting\": \"%s\", \"annotations\": [{\"arrow\": [0.1, 0.1, 0.5, 0.5]}]}"
                .formatted(Fixtures.path("overlays/palette_big.png")));
    Outcome composed =
        Cli.run(
            args(
                "tiny-flux-schnell",
                List.of("tiny-idefics2"),
                "--composition",
                composition.toString()));
    assertEquals(0, composed.exitCode(), composed.err());
    Outcome drawn =
        Cli.run(
            args(
                "tiny-flux-schnell",
                List.of("tiny-idefics2"),
                "--overlay",
                Fixtures.path("overlays/points_big.png").toString(),
                "--question",
                "Is A nearer?",
                "--overwrite"));
    assertEquals(0, drawn.exitCode(), drawn.err());
  }

  @Test
  void severalQuestionsAndACommitteeOfBothFamiliesOnManySteps() throws IOException {
    Outcome outcome =
        Cli.run(
            args(
                "tiny-flux-dev",
                List.of("tiny-qwen25vl", "tiny-idefics2"),
                "--inference-steps",
                "3",
                "--guidance",
                "2.5",
                "--question",
                "Is it day?",
                "--answer",
                "Yes",
                "--question",
                "What is on the chair?",
                "--answer",
                "a small red cat"));
    assertEquals(0, outcome.exitCode(), outcome.err());
    String header = Files.readAllLines(temporary.resolve("out/losses.csv")).get(0);
    assertEquals("step,seed,t,loss,probability_1,probability_2,gradient_norm,seconds", header);
  }

  @Test
  void theRenoisingSchemeTrainsAnywhereOnTheWay() throws IOException {
    Outcome outcome =
        Cli.run(
            args(
                "tiny-flux-dev",
                List.of("tiny-qwen25vl"),
                "--question",
                "Is it day?",
                "--scheme",
                "renoise",
                "--inference-steps",
                "2"));
    assertEquals(0, outcome.exitCode(), outcome.err());
    List<String> rows = Files.readAllLines(temporary.resolve("out/losses.csv"));
    double t = Double.parseDouble(rows.get(1).split(",", -1)[2]);
    assertTrue(t > 0 && t <= 1, "t = " + t);
    assertTrue(t != 1 && t != 0.5, "t = " + t + " is a step of the sampling schedule");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--palette red",
        "--palette #12345",
        "--depth 0.1,0.2,0.3",
        "--depth 0.1,0.2,0.3,1.5",
        "--depth a,b,c,d",
        "--line-weight 0",
        "--line-weight 30",
        "--question q? --question r? --answer Yes",
        "--question q?_Answer_with_Yes_or_No. --answer maybe"
      })
  void badValuesAreWrongUsageInOneLine(String line) {
    List<String> more = new ArrayList<>();
    for (String word : line.split(" ", -1)) {
      more.add(word.replace('_', ' '));
    }
    Outcome outcome =
        Cli.run(args("tiny-flux-schnell", List.of("tiny-qwen25vl"), more.toArray(new String[0])));
    assertEquals(2, outcome.exitCode(), outcome.err());
    long lines = outcome.err().lines().filter(l -> !l.startsWith("See '")).count();
    assertEquals(1, lines, outcome.err());
  }
}
