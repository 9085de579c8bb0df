package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.Cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes NaN is an error, and what was good before it is kept. */
class NotFiniteTest {
  @TempDir private Path temporary;

  private Outcome run(String command, String verifier, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                command,
                "--generator",
                "tiny",
                "--verifier",
                verifier,
                "--prompt",
                "a photo of a desert at noon",
                "--question",
                "Is it good?",
                "--threads",
                "1",
                "--out",
                temporary.resolve("out").toString()));
    args.addAll(List.of(more));
    return Cli.run(args);
  }

  private Outcome distill(String verifier, int steps, String... more) {
    List<String> args =
        new ArrayList<>(List.of("--steps", Integer.toString(steps), "--evaluation-seeds", "2"));
    args.addAll(List.of(more));
    return run("distill", verifier, args.toArray(new String[0]));
  }

  private static void assertFailed(Outcome outcome, String... told) {
    assertEquals(1, outcome.exitCode(), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    for (String part : told) {
      assertTrue(outcome.err().contains(part), outcome.err());
    }
    assertFalse(outcome.out().contains("NaN"), outcome.out());
  }

  private JsonNode results() throws IOException {
    String text = Files.readString(temporary.resolve("out/results.json"));
    assertFalse(text.contains("\"NaN\""), text);
    return new ObjectMapper().readTree(text);
  }

  @Test
  void aRunThatDivergesKeepsItsLastGoodLoraAndGoesOnAtALowerRate() throws IOException {
    assertFailed(
        distill("broken-from-the-seventh", 10, "--learning-rate", "0.001"),
        "dualprocess: diverged at step 7: the loss became NaN: verifier 'broken-from-the-seventh'",
        "; kept the LoRA of step 5; continue with --resume --learning-rate 0.00010");
    Path lora = temporary.resolve("out/lora.safetensors");
    assertEquals(6, Files.readAllLines(temporary.resolve("out/losses.csv")).size());
    Outcome drawn =
        Cli.run(
            "generate",
            "--generator",
            "tiny",
            "--prompt",
            "a desert",
            "--lora",
            lora.toString(),
            "--out",
            temporary.resolve("drawn").toString());
    assertEquals(0, drawn.exitCode(), drawn.err());
    Outcome resumed =
        distill("broken-from-the-seventh", 10, "--resume", "--learning-rate", "0.00010");
    assertEquals(0, resumed.exitCode(), resumed.err());
    assertEquals(10, results().path("steps").asInt());
    assertEquals(11, Files.readAllLines(temporary.resolve("out/losses.csv")).size());
  }

  @Test
  void aHugeLearningRateDivergesInOneLine() {
    assertFailed(
        distill("tiny", 10, "--learning-rate", "1e30"),
        "dualprocess: diverged at step ",
        " --learning-rate 1.0e+29");
  }

  @Test
  void aFinalEvaluationOfNanFailsAndKeepsPicturesAndLora() throws IOException {
    assertFailed(
        distill("broken-at-the-end", 2),
        "the loss became NaN: verifier 'broken-at-the-end' returned it");
    JsonNode results = results();
    assertTrue(results.path("error").asText().contains("broken-at-the-end"), results.toString());
    assertEquals(0, results.path("evaluations").size());
    assertEquals(2, results.path("steps").asInt());
    assertTrue(Files.exists(temporary.resolve("out/lora.safetensors")));
    try (Stream<Path> images = Files.list(temporary.resolve("out/images"))) {
      assertEquals(4, images.count());
    }
  }

  @Test
  void ratingsAndComparisonsOfNanAreErrors() throws IOException {
    assertFailed(run("compare-latents", "broken-nan-loss", "--steps", "1"), "'broken-nan-loss'");
    Outcome drawn =
        Cli.run("generate", "--generator", "tiny", "--prompt", "x", "--out", temporary + "/drawn");
    assertEquals(0, drawn.exitCode(), drawn.err());
    assertFailed(
        Cli.run(
            "rate",
            "--verifier",
            "broken-nan-loss",
            "--image",
            temporary.resolve("drawn/seed-0.png").toString(),
            "--question",
            "Is it good?"),
        "verifier 'broken-nan-loss' returned the loss NaN");
  }

  @Test
  void auditsOfNanAreErrors() {
    Outcome learnt = distill("tiny", 1);
    assertEquals(0, learnt.exitCode(), learnt.err());
    String lora = temporary.resolve("out/lora.safetensors").toString();
    String out = temporary.resolve("audit").toString();
    for (List<String> asked :
        List.of(
            List.of("--verifier", "broken-nan-loss"),
            List.of("--verifier", "tiny", "--other", "broken-nan-loss"))) {
      List<String> args = new ArrayList<>(List.of("audit", "--generator", "tiny"));
      args.addAll(asked);
      args.addAll(List.of("--lora", lora, "--prompt", "a photo of a desert at noon"));
      args.addAll(List.of("--question", "Is it good?", "--unseen-seeds", "2", "--threads", "1"));
      args.addAll(List.of("--out", out));
      assertFailed(Cli.run(args.toArray(new String[0])), "'broken-nan-loss'");
    }
  }
}
