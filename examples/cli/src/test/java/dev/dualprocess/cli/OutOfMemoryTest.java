package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dualprocess.cli.Cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Too little memory: told before, told when it happens, and nothing is lost. */
@Tag("slow")
class OutOfMemoryTest {
  @TempDir private Path temporary;

  private List<String> distill(Path out, String size, String... more) {
    List<String> args = DistillCommandTest.args(out, more);
    args.set(args.indexOf("64x64"), size);
    return args;
  }

  @Test
  void aRunThatCannotFitIsRefusedBeforeItStarts() {
    Path out = temporary.resolve("run");
    Outcome outcome = Cli.run(distill(out, "65536x65536"));
    assertEquals(1, outcome.exitCode());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    for (String part :
        List.of(
            "dualprocess: this needs about ",
            " GiB on cpu (activations ",
            " are free; what would fit: --size 256x256 (about ",
            "; --skip-memory-check starts anyway")) {
      assertTrue(outcome.err().contains(part), outcome.err());
    }
    assertTrue(Files.notExists(out));
  }

  @Test
  void aRunThatRunsOutOfMemoryKeepsWhatItLearnt() throws IOException {
    Path out = temporary.resolve("run");
    List<String> args = distill(out, "64x64", "--steps", "9", "--evaluation-seeds", "1");
    args.set(args.indexOf("--verifier") + 1, "broken-out-of-memory");
    Outcome outcome = Cli.run(args);
    assertEquals(1, outcome.exitCode(), outcome.err());
    String line =
        outcome.err().lines().filter(l -> l.startsWith("dualprocess:")).findFirst().orElse("");
    assertTrue(
        line.startsWith(
            "dualprocess: out of memory on cuda:0: 2.5 GiB more were wanted, 10.75 MiB of 79.11 GiB"
                + " are free; what was learnt in 3 steps is in "
                + out
                + ", and --resume goes on from it; less would take: --recompute on (about "),
        outcome.err());
    assertTrue(Files.size(out.resolve("lora.safetensors")) > 0);
    assertEquals(4, Files.readAllLines(out.resolve("losses.csv")).size());
    assertTrue(Files.exists(out.resolve("checkpoint/state.safetensors")));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theProcessGoesOn() throws IOException, InterruptedException {
    assumeTrue(
        Stream.of("/usr/bin", "/bin").anyMatch(bin -> Files.exists(Path.of(bin, "prlimit"))));
    Path log = temporary.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xms256m",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                TightMemory.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertTrue(process.waitFor(3, TimeUnit.MINUTES), () -> ProcessRun.read(log));
    String told = ProcessRun.read(log);
    assertEquals(0, process.exitValue(), told);
    List<String> shortages =
        told.lines().filter(l -> l.contains("out of memory on cpu: ")).toList();
    assertEquals(4, shortages.size(), told);
    assertTrue(told.contains("more pointers: 0\nsame picture: true\nloss: "), told);
  }
}
