package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.lora.Lora;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Steps that processes take together, against one process that accumulates. */
@Timeout(1800) // against hanging, on a machine that has much else to do
class DevicesCommandTest {
  private static final List<String> TOGETHER = List.of("--devices", "cpu,cpu");

  @TempDir private Path temporary;

  private Path distilled(String name, List<String> more) throws Exception {
    Path out = temporary.resolve(name);
    Path log = temporary.resolve(name + ".log");
    List<String> args = DistillCommandTest.args(out, "--evaluation-seeds", "1", "--json");
    args.addAll(more);
    int code = ProcessRun.start(args, log, Map.of("OMP_NUM_THREADS", "1"), List.of()).waitFor();
    assertEquals(0, code, ProcessRun.read(log));
    ProcessRun.read(log)
        .lines()
        .filter(line -> line.contains("Gloo") || line.startsWith("{"))
        .forEach(line -> assertTrue(line.startsWith("{") || line.startsWith("[Gloo]"), line));
    return out;
  }

  private static float[] weights(Path run) throws IOException {
    try (Lora lora = Lora.load(run.resolve("lora.safetensors"))) {
      return Memory.freeing(() -> Ops.toFloats(lora.flat()));
    }
  }

  /** The columns but for the seconds. */
  private static List<double[]> losses(Path run) throws IOException {
    return Files.readAllLines(run.resolve("losses.csv")).stream()
        .skip(1)
        .map(line -> line.split(","))
        .map(
            cells ->
                java.util.stream.IntStream.range(0, cells.length - 1)
                    .mapToDouble(i -> Double.parseDouble(cells[i]))
                    .toArray())
        .toList();
  }

  private static void assertSame(Path one, Path other) throws IOException {
    float[] wanted = weights(one);
    float[] found = weights(other);
    double squares = 0;
    double difference = 0;
    for (int i = 0; i < wanted.length; i++) {
      squares += wanted[i] * wanted[i];
      difference += Math.pow(wanted[i] - found[i], 2);
    }
    assertEquals(0, Math.sqrt(difference / squares), 1e-6);
    List<double[]> expected = losses(one);
    List<double[]> told = losses(other);
    assertEquals(expected.size(), told.size());
    for (int i = 0; i < expected.size(); i++) {
      for (int c = 0; c < expected.get(i).length; c++) {
        assertEquals(expected.get(i)[c], told.get(i)[c], 1e-5 * Math.abs(expected.get(i)[c]));
      }
    }
  }

  @Test
  @Tag("slow")
  void twoProcessesLearnWhatOneDoesThatAccumulatesTwo() throws Exception {
    Path alone = distilled("alone", List.of("--accumulate", "2", "--steps", "4"));
    List<String> steps = new ArrayList<>(TOGETHER);
    steps.addAll(List.of("--steps", "2"));
    Path together = distilled("together", steps);
    steps.set(3, "4");
    steps.add("--resume");
    distilled("together", steps);
    assertSame(alone, together);
    assertEquals(
        2, Fixtures.json(together.resolve("config.json")).at("/settings/accumulate").asInt());
    assertEquals(0, weights(together).length % 2);
  }

  @Test
  void aProcessThatFailsIsNamed() throws Exception {
    Path out = temporary.resolve("run");
    Path log = temporary.resolve("log.txt");
    List<String> args = DistillCommandTest.args(out, "--steps", "2", "--devices", "cpu,cuda:77");
    assertEquals(2, ProcessRun.start(args, log, Map.of(), List.of()).waitFor());
    assertTrue(ProcessRun.read(log).contains("cuda:77"), ProcessRun.read(log));
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    Path out = temporary.resolve("never");
    for (List<String> wrong :
        List.of(
            List.of("--devices", "cpu,cpu", "--accumulate", "3"),
            List.of("--devices", "cpu,cpu", "--verifier-device", "cpu"),
            List.of("--accumulate", "0"))) {
      Cli.Outcome outcome = Cli.run(DistillCommandTest.args(out, wrong.toArray(new String[0])));
      assertEquals(2, outcome.exitCode(), outcome.err());
      assertEquals(1, outcome.err().lines().count(), outcome.err());
    }
  }
}
