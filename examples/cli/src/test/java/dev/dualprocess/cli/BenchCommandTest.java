package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.profile.Part;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
  private static JsonNode bench(String... more) throws IOException {
    return bench(1, more);
  }

  private static JsonNode bench(int steps, String... more) throws IOException {
    String[] args = {"bench", "--json", "--steps", "" + steps, "--warm-up", "0", "--threads", "1"};
    String[] all = new String[args.length + more.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    Cli.Outcome outcome = Cli.run(all);
    assertEquals(0, outcome.exitCode(), outcome.err());
    return new ObjectMapper().readTree(outcome.out().lines().toList().get(0));
  }

  @Test
  void operationsAndLossDoNotDependOnRecompute() throws IOException {
    JsonNode plain = bench("--recompute", "off");
    JsonNode again = bench("--recompute", "on");
    assertEquals(plain.path("flopsByPart"), again.path("flopsByPart"));
    assertTrue(plain.path("flopsPerStep").asLong() > 1_000_000);
    assertEquals(plain.path("losses").get(0).asDouble(), again.path("losses").get(0).asDouble());
    for (Part part : Part.values()) {
      assertTrue(plain.path("secondsByPart").path(part.name()).asDouble() > 0, part::toString);
    }
    assertTrue(plain.path("matrixProductFlopsPerSecond").asDouble() > 0);
  }

  @Test
  void randomWeightsAndEightBitsRun() throws IOException {
    JsonNode random = bench("--random-weights", "7", "--weights", "int8", "--checks", "2");
    assertTrue(Double.isFinite(random.path("losses").get(0).asDouble()));
    assertEquals(2, random.path("checks").asInt());
  }

  @Test
  void noiseAndWeightsAreCompared() throws IOException {
    JsonNode bench = bench("--latents");
    JsonNode noise = bench.path("latentsAndWeights").path("latents");
    JsonNode weights = bench.path("latentsAndWeights").path("weights");
    assertEquals(
        100 * bench.path("secondsPerStep").asDouble(),
        weights.path("optimisationSeconds").asDouble(),
        1e-9);
    double pass =
        noise.path("inferenceSeconds").asDouble() - noise.path("optimisationSeconds").asDouble();
    assertTrue(pass > 0 && pass < noise.path("optimisationSeconds").asDouble() / 100, "" + pass);
    assertEquals(
        noise.path("inferenceSeconds").asDouble() / weights.path("inferenceSeconds").asDouble(),
        bench.path("latentsAndWeights").path("inferenceRatio").asDouble(),
        1e-9);
    assertEquals(
        bench.path("peakBytes").asLong(), weights.path("peakBytes").asLong(), "of the same steps");
    assertTrue(noise.path("peakBytes").asLong() > 0);
  }

  @Test
  @Tag("slow")
  void aLongRunTellsWhetherItsMemoryGrows() throws IOException {
    JsonNode uses = bench(100).path("memoryUse");
    assertEquals(50, uses.path(0).path("step").asInt());
    assertEquals(100, uses.path(1).path("step").asInt());
    assertTrue(uses.path(1).path("deviceBytes").asLong() > 1_000_000);
    assertTrue(uses.path(1).path("processBytes").asLong() > 1_000_000);
  }

  @Test
  void noiseIsComparedOnOneQuestion() {
    Cli.Outcome outcome = Cli.run("bench", "--latents", "--checks", "2");
    assertEquals(2, outcome.exitCode());
    assertTrue(outcome.err().contains("leave --checks 1"), outcome.err());
  }

  @Test
  void stepsAreCounted() {
    Cli.Outcome outcome = Cli.run("bench", "--steps", "0");
    assertEquals(2, outcome.exitCode());
    assertTrue(outcome.err().contains("--steps"), outcome.err());
  }
}
