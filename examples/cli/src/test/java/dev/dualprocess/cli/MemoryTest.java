package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A long run does not grow. */
@EnabledOnOs(OS.LINUX)
class MemoryTest {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryTest.class);
  private static final int STEPS = 400;

  /** Heap and compiler take what they take at the start, so what grows is native memory of ours. */
  private static final List<String> JVM_OF_FIXED_SIZE =
      List.of("-Xms128m", "-Xmx128m", "-XX:TieredStopAtLevel=1");

  @TempDir private Path temporary;

  @Test
  void residentMemoryStaysWhereItWasAfterFiftySteps() throws IOException, InterruptedException {
    List<String> args = DistillCommandTest.args(temporary.resolve("run"));
    args.addAll(List.of("--steps", Integer.toString(STEPS), "--evaluation-seeds", "1", "--json"));
    Path log = temporary.resolve("log");
    Process process = ProcessRun.start(args, log, Map.of(), JVM_OF_FIXED_SIZE);
    ProcessRun.awaitSteps(process, log, 50);
    long early = residentKib(process);
    ProcessRun.awaitSteps(process, log, STEPS - 5);
    long late = residentKib(process);
    assertEquals(0, process.waitFor(), ProcessRun.read(log));
    LOG.info("resident memory: {} KiB after 50 steps, {} KiB after {}", early, late, STEPS);
    assertTrue(late <= 1.05 * early, "from " + early + " KiB to " + late + " KiB");
  }

  private static long residentKib(Process process) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
