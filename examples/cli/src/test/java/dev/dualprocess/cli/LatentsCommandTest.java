package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Noise instead of weights, through the command line, on random tiny models. */
class LatentsCommandTest {
  @TempDir private Path temporary;

  private static List<String> args(String command, Path out, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                command,
                "--generator",
                ModelFolders.generator().toString(),
                "--verifier",
                ModelFolders.verifier().toString(),
                "--prompt",
                "Photo of a man",
                "--question",
                "Is the man smiling?",
                "--size",
                "64x64",
                "--threads",
                "1",
                "--out",
                out.toString()));
    args.addAll(List.of(more));
    return args;
  }

  @Test
  void lowersTheLossOfOneSeedAndLeavesEveryFile() throws IOException {
    Path out = temporary.resolve("run");
    Outcome outcome = Cli.run(args("latents", out, "--steps", "20", "--seed", "7"));
    assertEquals(0, outcome.exitCode(), outcome.err());
    for (String name :
        List.of(
            "config.json",
            "latents.safetensors",
            "losses.csv",
            "before-after.png",
            "checkpoint/state.safetensors",
            "images/photo-of-a-man-seed-7-before.png",
            "images/photo-of-a-man-seed-7-after.png")) {
      assertTrue(Files.size(out.resolve(name)) > 0, name);
    }
    JsonNode results = Fixtures.json(out.resolve("results.json"));
    assertEquals(20, results.get("steps").asInt());
    assertTrue(results.get("lossAfter").asDouble() < results.get("lossBefore").asDouble());

    Outcome again = Cli.run(args("latents", out, "--steps", "20", "--seed", "7"));
    assertEquals(1, again.exitCode());
    assertTrue(again.err().contains("holds the results of an earlier run"), again.err());
  }

  @Test
  void resumesToTheSameNoise() throws IOException {
    Path whole = temporary.resolve("whole");
    Path parts = temporary.resolve("parts");
    assertEquals(0, Cli.run(args("latents", whole, "--steps", "6", "--shell", "0.01")).exitCode());
    assertEquals(0, Cli.run(args("latents", parts, "--steps", "3", "--shell", "0.01")).exitCode());
    Outcome resumed =
        Cli.run(args("latents", parts, "--steps", "6", "--shell", "0.01", "--resume"));
    assertEquals(0, resumed.exitCode(), resumed.err());
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("latents.safetensors")),
        Files.readAllBytes(parts.resolve("latents.safetensors")));
  }

  @Test
  void comparesNoiseWithWeightsAndTriesTheWeightsElsewhere() throws IOException {
    Path out = temporary.resolve("comparison");
    Outcome outcome =
        Cli.run(
            args(
                "compare-latents",
                out,
                "--steps",
                "5",
                "--new-seeds",
                "2",
                "--new-prompt",
                "a dog on a beach"));
    assertEquals(0, outcome.exitCode(), outcome.err());
    JsonNode results = Fixtures.json(out.resolve("results.json"));
    JsonNode table = results.get("table");
    double ratio =
        table.at("/latents/inferenceSeconds").asDouble()
            / table.at("/weights/inferenceSeconds").asDouble();
    assertEquals(ratio, table.get("inferenceRatio").asDouble(), 1e-9 * ratio);
    // Both start at the same image of the same seed.
    assertEquals(
        table.at("/latents/probabilityBefore").asDouble(),
        table.at("/weights/probabilityBefore").asDouble(),
        1e-9);
    assertTrue(table.at("/latents/peakBytes").asLong() > 0);
    assertEquals(2, results.get("evaluations").size());
    assertEquals("a dog on a beach", results.at("/evaluations/1/prompt").asText());
    assertEquals(2, results.at("/evaluations/1/unseenSeeds").asInt());
    assertTrue(outcome.out().contains("image of a new seed, s"), outcome.out());
    assertTrue(Files.exists(out.resolve("new-seeds-a-dog-on-a-beach.png")));
  }

  @Test
  void refusesWrongValues() {
    Path out = temporary.resolve("never");
    assertEquals(2, Cli.run(args("latents", out, "--shell", "-1")).exitCode());
    assertEquals(2, Cli.run(args("latents", out, "--steps", "0")).exitCode());
    assertEquals(2, Cli.run(args("compare-latents", out, "--new-seeds", "0")).exitCode());
    assertTrue(Files.notExists(out));
  }
}
