package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.testing.Fixtures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the bundled models' verifier thinks, through the command line. */
class ProbeCommandTest {
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  @TempDir private Path temporary;

  private static List<String> args(String verifier, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "probe",
                "--generator",
                "tiny",
                "--verifier",
                verifier,
                "--prompt",
                "a cartoon of the sea with boats at dawn",
                "--threads",
                "1"));
    args.addAll(List.of(more));
    return args;
  }

  private static String last(Outcome outcome) {
    return outcome.out().lines().reduce("", (before, line) -> line);
  }

  @Test
  void theHorizonShouldBeTeachable() throws IOException {
    Path out = temporary.resolve("probe");
    Outcome outcome =
        Cli.run(args("tiny", "--horizon", "0.3", "--seeds", "4", "--seed", "2", "--out", out + ""));
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(last(outcome).startsWith("Verdict: Should be teachable"), outcome.out());
    JsonNode probe = Fixtures.json(out.resolve("probe.json"));
    assertEquals("TEACHABLE", probe.path("verdict").asText());
    JsonNode check = probe.path("checks").path(0);
    assertEquals("Yes", check.path("answer").asText());
    assertEquals(4, check.path("seeds").size());
    double sum = 0;
    for (JsonNode seed : check.path("seeds")) {
      assertTrue(outcome.out().contains("%.4f".formatted(seed.path("probability").asDouble())));
      assertTrue(Files.exists(out.resolve("images/probe-seed-" + seed.path("seed") + ".png")));
      sum += seed.path("probability").asDouble();
    }
    assertEquals(sum / 4, check.path("probability").asDouble(), 1e-9);
    BufferedImage overview = ImageIO.read(out.resolve("probe.png").toFile());
    assertEquals(808, overview.getWidth(), "four pictures beside each other");
    assertTrue(red(overview) > 4 * 192, "the line that the verifier is shown");
  }

  private static long red(BufferedImage picture) {
    long red = 0;
    for (int rgb :
        picture.getRGB(
            0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth())) {
      red += (rgb & 0xffffff) == 0xff0000 ? 1 : 0;
    }
    return red;
  }

  @Test
  void whatTheVerifierNeverSaysCannotBeTaught() throws IOException {
    Outcome outcome =
        Cli.run(
            args("tiny", "--question", "What is this?", "--answer", "a banana", "--seeds", "2"));
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(
        last(outcome)
            .startsWith(
                "Verdict: Probably not: the verifier would answer in other words. It says '"),
        outcome.out());
    try (Stream<Path> files = Files.list(temporary)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void whatIsSoAlreadyLeavesNothingToLearn() {
    Outcome outcome =
        Cli.run(args("tiny", "--question", "Is it night?", "--answer", "No", "--seeds", "2"));
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(last(outcome).startsWith("Verdict: Nothing to learn"), outcome.out());
  }

  @Test
  void numbersThatAreNotFiniteAreAnAnswerForMachinesToo() throws IOException {
    Outcome outcome =
        Cli.run(args("broken-nan-loss", "--question", "Is it good?", "--seeds", "2", "--json"));
    assertEquals(0, outcome.exitCode(), outcome.err());
    JsonNode done = new ObjectMapper().readTree(last(outcome));
    assertEquals("done", done.path("event").asText());
    assertEquals("NOT_FINITE", done.path("verdict").asText());
    assertTrue(done.path("reason").asText().contains("broken-nan-loss"), outcome.out());
    assertFalse(outcome.out().contains("NaN,"), outcome.out());
  }

  private static void refuses(int exitCode, String said, List<String> args) {
    Outcome outcome = Cli.run(args);
    assertEquals(exitCode, outcome.exitCode(), outcome.err());
    assertEquals(1, outcome.err().lines().filter(l -> !l.startsWith("See ")).count());
    assertTrue(outcome.err().contains(said), outcome.err());
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    refuses(
        WRONG_USAGE,
        "--seeds must be at least 1, not 0",
        args("tiny", "--horizon", "0.3", "--seeds", "0"));
    refuses(
        WRONG_USAGE,
        "--seed 9223372036854775807 with --seeds 8 goes past the largest seed",
        args("tiny", "--horizon", "0.3", "--seed", Long.toString(Long.MAX_VALUE)));
    refuses(WRONG_USAGE, "nothing to ask: give --question", args("tiny"));
    refuses(FAILED, "'broken-throws' failed", args("broken-throws", "--question", "Is it?"));
    Files.writeString(temporary.resolve("probe.json"), "{}");
    refuses(
        FAILED,
        "holds an earlier probe; choose another --out, or add --overwrite",
        args("tiny", "--horizon", "0.3", "--out", temporary.toString()));
    assertEquals("{}", Files.readString(temporary.resolve("probe.json")));
  }
}
