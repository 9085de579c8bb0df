package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The training of the bundled models from the command line. */
class TrainTinyCommandTest {
  @TempDir private Path out;

  @Test
  void aStageWithoutTheOneBeforeItIsRefusedInOneLine() {
    Cli.Outcome outcome =
        Cli.run("train-tiny", "--stage", "rehearsals", "--threads", "1", "--out", out.toString());
    assertEquals(1, outcome.exitCode());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(
        outcome.err().contains("missing; train it first with --stage autoencoder"), outcome.err());
  }

  @Test
  void anUnknownStageIsRefused() {
    Cli.Outcome outcome = Cli.run("train-tiny", "--stage", "all", "--out", out.toString());
    assertEquals(2, outcome.exitCode());
    assertTrue(outcome.err().contains("'all'"), outcome.err());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void interruptedSavesAndSaysSo() throws IOException, InterruptedException {
    Path log = out.resolve("log");
    Process process =
        ProcessRun.start(
            List.of("train-tiny", "--stage", "verifier", "--threads", "1", "--out", out.toString()),
            log);
    // The tokenizer is there once training begins.
    while (!Files.exists(out.resolve("tiny-qwen2.5-vl/config.json"))) {
      assertTrue(process.isAlive(), () -> ProcessRun.read(log));
      Thread.sleep(20);
    }
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "still running");
    assertEquals(130, process.exitValue(), ProcessRun.read(log));
    assertTrue(Files.exists(out.resolve("checkpoints/verifier.safetensors")));
  }
}
