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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a run honest, through the command line. */
class RegularisationCommandTest {
  private static final String[] ALL = {
    "--augment-shift",
    "0.1",
    "--augment-crop",
    "0.1",
    "--augment-blur",
    "1",
    "--augment-noise",
    "0.1",
    "--lora-penalty",
    "1e-3",
    "--drift-penalty",
    "0.1"
  };

  @TempDir private Path temporary;

  @Test
  void isRecordedAndResumesToTheSameBytes() throws IOException {
    Path whole = temporary.resolve("whole");
    Path parts = temporary.resolve("parts");
    distill(whole, "--steps", "6");
    distill(parts, "--steps", "3");
    distill(parts, "--steps", "6", "--resume");
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("lora.safetensors")),
        Files.readAllBytes(parts.resolve("lora.safetensors")));
    JsonNode recorded = Fixtures.json(whole.resolve("config.json")).at("/settings/regularisation");
    assertEquals(0.1, recorded.at("/augmentation/shift").asDouble());
    assertEquals(1e-3, recorded.get("loraPenalty").asDouble());
    String csv = Files.readString(whole.resolve("losses.csv"));
    assertTrue(csv.lines().findFirst().orElseThrow().endsWith(",seconds,penalty"), csv);
  }

  private static void distill(Path out, String... more) {
    var args = DistillCommandTest.args(out, ALL);
    args.addAll(java.util.List.of(more));
    Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.exitCode(), outcome.err());
  }

  @Test
  void stopsWhenItIsEnough() throws IOException {
    Path out = temporary.resolve("run");
    Outcome outcome =
        Cli.run(
            DistillCommandTest.args(
                out, "--steps", "50", "--stop-at", "1e-12", "--stop-window", "4"));
    assertEquals(0, outcome.exitCode(), outcome.err());
    JsonNode results = Fixtures.json(out.resolve("results.json"));
    assertEquals(4, results.get("steps").asInt());
    assertTrue(results.get("stoppedEarly").asBoolean());
  }

  @Test
  void refusesWrongValues() {
    Path out = temporary.resolve("never");
    for (String[] wrong :
        new String[][] {
          {"--augment-shift", "2"},
          {"--lora-penalty", "-1"},
          {"--stop-at", "1.5"},
          {"--stop-window", "3"},
        }) {
      assertEquals(2, Cli.run(DistillCommandTest.args(out, wrong)).exitCode(), wrong[0]);
    }
  }
}
