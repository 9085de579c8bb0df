package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run that is interrupted loses little, and goes on to the same numbers; of kills see {@code
 * KillSoakTest}.
 */
class InterruptionTest {
  private static final int STEPS = 40;

  @TempDir private Path temporary;

  private List<String> args(String out, String... more) {
    List<String> args = DistillCommandTest.args(temporary.resolve(out), more);
    args.addAll(List.of("--steps", Integer.toString(STEPS), "--evaluation-seeds", "1", "--json"));
    args.addAll(List.of("--checkpoint-every", "3"));
    return args;
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void interruptedFinishesTheStepEvaluatesAndSaves() throws IOException, InterruptedException {
    Path log = temporary.resolve("interrupted.log");
    Process process = ProcessRun.start(args("interrupted"), log);
    ProcessRun.awaitSteps(process, log, 4);
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "still running");
    assertEquals(130, process.exitValue(), ProcessRun.read(log));
    Path out = temporary.resolve("interrupted");
    JsonNode results = Fixtures.json(out.resolve("results.json"));
    assertTrue(results.path("interrupted").asBoolean());
    int steps = results.path("steps").asInt();
    assertTrue(steps >= 4 && steps < STEPS, "stopped after " + steps);
    assertTrue(Files.exists(out.resolve("lora.safetensors")));
    assertEquals(steps + 1, Files.readAllLines(out.resolve("losses.csv")).size());
    assertEquals(0, Cli.run(args("interrupted", "--resume")).exitCode());
    assertEquals(0, Cli.run(args("whole")).exitCode());
    assertArrayEquals(
        Files.readAllBytes(temporary.resolve("whole/lora.safetensors")),
        Files.readAllBytes(out.resolve("lora.safetensors")));
  }

  /** Waits for the first picture of the evaluation behind what the log says. */
  private static void awaitPicture(Process process, Path log, String after)
      throws InterruptedException {
    Pattern picture = Pattern.compile("(?s)" + after + "Evaluating[^/]* [1-9]\\d*/200");
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!picture.matcher(ProcessRun.read(log)).find()) {
      assertTrue(process.isAlive(), () -> "ended early: " + ProcessRun.read(log));
      assertTrue(System.nanoTime() < deadline, "too slow");
      Thread.sleep(20);
    }
  }

  /** In the first evaluation nothing was learnt, in the last all: both leave every file. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  @DisabledOnOs(OS.WINDOWS)
  void interruptedInAnEvaluationSavesToo(int evaluation) throws IOException, InterruptedException {
    Path out = temporary.resolve("evaluating");
    List<String> args = args("evaluating");
    args.set(args.indexOf("--steps") + 1, "3");
    args.set(args.indexOf("--evaluation-seeds") + 1, "200");
    args.remove("--json");
    Path log = temporary.resolve("evaluating.log");
    Process process = ProcessRun.start(args, log);
    awaitPicture(process, log, evaluation == 0 ? "" : "Distilling.*");
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), "still running");
    assertEquals(130, process.exitValue(), ProcessRun.read(log));
    JsonNode results = Fixtures.json(out.resolve("results.json"));
    assertTrue(results.path("interrupted").asBoolean());
    assertEquals(evaluation == 0 ? 0 : 3, results.path("steps").asInt());
    int drawn = results.at("/evaluations/0/unseenSeeds").asInt();
    assertTrue(drawn >= 1 && drawn < 200, "compared " + drawn);
    assertTrue(Files.exists(out.resolve("lora.safetensors")));
    assertTrue(Files.exists(out.resolve("before-after.png")));
  }

  @Test
  void resumeOfAnotherRunIsRefused() throws IOException {
    List<String> one = args("run");
    one.set(one.indexOf("--steps") + 1, "3");
    assertEquals(0, Cli.run(one).exitCode());
    one.addAll(List.of("--resume", "--seed", "5"));
    Cli.Outcome other = Cli.run(one);
    assertEquals(1, other.exitCode());
    assertTrue(other.err().contains("a run with other settings"), other.err());
  }
}
