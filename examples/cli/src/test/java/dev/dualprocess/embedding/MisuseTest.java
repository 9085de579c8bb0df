package dev.dualprocess.embedding;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Prompt;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.Models;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TorchException;
import dev.dualprocess.vqa.VqaVerifier;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a program does wrong with the bundled models is told in a sentence. */
class MisuseTest {
  private static final Prompt PROMPT =
      Prompt.of("a photo of a desert at noon").check("Is it night?", "Yes");
  private static final LoadOptions HERE = LoadOptions.at(Placement.CPU);

  @TempDir private Path out;

  private static ModelPair open() throws IOException {
    return Models.pair("tiny", "tiny", HERE, PROMPT);
  }

  private static DistillSettings settings(ModelPair models, int steps) {
    return DistillSettings.paper(models.generator().defaultSampling()).withSteps(steps);
  }

  @Test
  void closedModelsSaySo() throws IOException {
    ModelPair models = open();
    VqaVerifier verifier = (VqaVerifier) models.verifier();
    BufferedImage picture = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    Distillation unfinished = models.distillation(PROMPT).start();
    models.close();
    models.close();
    assertRefused(
        IllegalStateException.class,
        () -> models.distillation(PROMPT),
        "generator '" + models.generator().name() + "' is closed");
    assertRefused(
        IllegalStateException.class,
        unfinished::step,
        "generator '" + models.generator().name() + "' is closed");
    unfinished.lora().close();
    unfinished.close();
    assertRefused(
        IllegalStateException.class,
        () -> verifier.answer(picture, "Is it night?", 3),
        "verifier '" + verifier.name() + "' is closed");
    assertRefused(
        IllegalStateException.class,
        () -> verifier.model().see(picture),
        "model '" + verifier.name() + "' is closed");
    assertRefused(
        IllegalStateException.class,
        () -> verifier.model().decode(new long[] {1}),
        "the tokenizer of ",
        " is closed");
  }

  /** Two runs may share a verifier: each is as it is alone. */
  @Test
  void runsInTwoThreadsOnOneVerifierAreAsTheyAreAlone() throws IOException {
    try (ModelPair first = open();
        ModelPair second = open()) {
      float[] alone = learnt(first, second);
      List<CompletableFuture<float[]>> together = new ArrayList<>();
      for (ModelPair drawing : List.of(first, second)) {
        together.add(CompletableFuture.supplyAsync(() -> learnt(drawing, second)));
      }
      for (CompletableFuture<float[]> each : together) {
        assertArrayEquals(alone, each.join());
      }
    }
  }

  private static float[] learnt(ModelPair drawing, ModelPair looking) {
    try (Distillation distillation =
            Distillation.of(drawing.generator(), looking.verifier(), PROMPT).steps(3).start();
        Lora lora = distillation.lora()) {
      distillation.run();
      return Memory.freeing(() -> Ops.toFloats(lora.flat()));
    }
  }

  @Test
  void anInterruptedThreadIsToldWhichFileItDidNotRead() {
    Thread.currentThread().interrupt();
    try {
      assertRefused(
          IOException.class, () -> Models.generator("tiny", HERE), ": the thread was", "/");
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void anInterruptedRunSavesWhatItLearnt() throws IOException {
    try (ModelPair models = open();
        TrainingRun run =
            new TrainingRun(
                models.generator(),
                models.verifier(),
                models.encoded(List.of(PROMPT)),
                settings(models, 5),
                RunFolder.open(out),
                RunListener.NONE,
                5)) {
      run.listen(
          report -> {
            if (report.step() == 2) {
              Thread.currentThread().interrupt();
            }
          });
      run.distil();
      assertTrue(Thread.interrupted());
      assertTrue(run.interrupted());
      assertEquals(3, Files.readAllLines(out.resolve("losses.csv")).size());
      assertTrue(Files.exists(out.resolve("lora.safetensors")));
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void filesAreReadableAsTheUmaskSays() throws IOException {
    Set<PosixFilePermission> usual =
        Files.getPosixFilePermissions(Files.writeString(out.resolve("plain.txt"), ""));
    try (ModelPair models = open();
        Distillation distillation =
            models.distillation(PROMPT).settings(settings(models, 1)).start();
        Lora lora = distillation.lora()) {
      distillation.run();
      lora.save(out.resolve("lora.safetensors"));
      distillation.save(out.resolve("checkpoint"));
    }
    for (String file : List.of("lora.safetensors", "checkpoint/state.safetensors")) {
      assertEquals(usual, Files.getPosixFilePermissions(out.resolve(file)), file);
    }
  }

  /** libtorch's own words, with a trace of many lines, are the cause. */
  @Test
  void whatLibtorchRefusesIsOneLine() throws IOException {
    try (ModelPair models = open()) {
      var generator = models.generator();
      var sampling = generator.defaultSampling();
      assertRefused(
          TorchException.class,
          () ->
              Memory.freeing(
                  () ->
                      generator.decode( // without values, there is nothing to copy
                          Placement.META.place(generator.noise(1, 1, sampling.size())),
                          sampling.size())),
          "meta tensor");
    }
  }
}
