package dev.dualprocess.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Prompt;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.image.Lettering;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.Models;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line does, a program can do. */
class EmbeddedRunTest {
  private static final Prompt PROMPT =
      Prompt.of("a photo of a desert at noon").check("Is it night?", "Yes");
  private static final LoadOptions HERE = LoadOptions.at(Placement.CPU);

  @TempDir private Path out;

  /** Ends the work after two steps. */
  private static final class Impatient implements RunListener {
    private final List<StepReport> seen = new ArrayList<>();
    private boolean closed;

    @Override
    public Progress progress(String task, int total, int done, Runnable stop) {
      return new Progress() {
        @Override
        public void step(StepReport report) {
          seen.add(report);
          if (seen.size() == 2) {
            stop.run();
          }
        }

        @Override
        public void close() {
          closed = true;
        }
      };
    }
  }

  @Test
  void aRunLeavesItsFolderAndStopsWhenAsked() throws IOException {
    Impatient watcher = new Impatient();
    try (ModelPair models = Models.pair("tiny", "tiny", HERE, PROMPT);
        TrainingRun run =
            new TrainingRun(
                models.generator(),
                models.verifier(),
                models.encoded(List.of(PROMPT)),
                DistillSettings.paper(models.generator().defaultSampling()).withSteps(5),
                RunFolder.open(out),
                watcher,
                5)) {
      run.distil();
      assertTrue(run.interrupted());
      assertEquals(watcher.seen, run.reports());
    }
    assertTrue(watcher.closed);
    assertEquals(3, Files.readAllLines(out.resolve("losses.csv")).size());
    assertTrue(Files.exists(out.resolve("lora.safetensors")));
    assertEquals(Lettering.available(), Files.exists(out.resolve("losses.png")));
    assertFalse(Files.exists(out.resolve("results.json")), "that is the caller's to write");
  }

  @Test
  void otherPromptsThanThoseThatWereReadAreRefused() throws IOException {
    try (ModelPair models = Models.pair("tiny", "tiny", HERE, PROMPT)) {
      assertThrows(
          IllegalArgumentException.class, () -> models.distillation(PROMPT.withText("a lake")));
    }
  }

  @Test
  void aModelThatIsNowhereIsOneLine() {
    String told =
        assertThrows(IOException.class, () -> Models.verifier("nowhere/to-be-found", HERE))
            .getMessage();
    assertTrue(
        told.startsWith(
            "nowhere/to-be-found: no such verifier: neither a model directory, nor 'tiny', nor one of ["),
        told);
  }
}
