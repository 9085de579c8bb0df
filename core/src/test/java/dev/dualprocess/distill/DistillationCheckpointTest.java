package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Prompt;
import dev.dualprocess.image.Png;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraSettings.Init;
import dev.dualprocess.overlay.OverlayMode;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.tensor.Ops;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run saves, and going on from it. */
class DistillationCheckpointTest extends ToyRuns {
  @TempDir Path folder;

  private static StepReport withoutTime(StepReport r) {
    return new StepReport(
        r.step(), r.seed(), r.sigma(), r.loss(), r.probabilities(), r.gradientNorm(), 0);
  }

  private static List<StepReport> withoutTime(List<StepReport> reports) {
    return reports.stream().map(DistillationCheckpointTest::withoutTime).toList();
  }

  @Test
  void resumingAfterAnyStepGivesTheSameNumbers() throws IOException {
    int steps = 6;
    float[] straight;
    List<StepReport> reports;
    try (Distillation distillation = start(PROMPT, settings(steps))) {
      distillation.run();
      reports = withoutTime(distillation.reports());
      straight = take(distillation);
    }
    for (int k = 1; k <= steps; k++) {
      try (Distillation before = start(PROMPT, settings(k))) {
        before.run();
        before.save(folder);
        take(before);
      }
      try (Distillation after = start(PROMPT, settings(steps))) {
        after.resume(folder);
        assertEquals(k, after.reports().size());
        after.run();
        assertEquals(reports, withoutTime(after.reports()));
        assertArrayEquals(straight, take(after), "resumed after step " + k);
      }
    }
  }

  @Test
  void aCheckpointOfOtherSettingsIsRefused() throws IOException {
    try (Distillation saved = start(PROMPT, settings(2))) {
      saved.run();
      saved.save(folder);
      take(saved);
    }
    List<DistillSettings> others =
        List.of(
            settings(2).withSeed(12),
            settings(2).withSeeds(4),
            settings(2).withLora(new LoraSettings(2, 8, Init.KAIMING_UNIFORM)));
    for (DistillSettings other : others) {
      assertNotResumed(PROMPT, other, "other settings");
    }
    assertNotResumed(Prompt.of("another toy").check("0.5", "x"), settings(2), "other settings");
    assertNotResumed(PROMPT.check("1", "z"), settings(2), "other settings");
  }

  /** A lower rate after a run that diverged, or at its end. */
  @Test
  void theLearningRateMayChangeOnTheWay() throws IOException {
    try (Distillation saved = start(PROMPT, settings(2))) {
      saved.run();
      saved.save(folder);
      take(saved);
    }
    float[] same;
    try (Distillation resumed = start(PROMPT, settings(4))) {
      resumed.resume(folder);
      resumed.run();
      same = take(resumed);
    }
    try (Distillation slower = start(PROMPT, settings(4).withLearningRate(0.001))) {
      slower.resume(folder);
      assertEquals(2, slower.reports().size());
      slower.run();
      assertFalse(Arrays.equals(same, take(slower)));
    }
  }

  /** A drawing is what is drawn, wherever its file lies. */
  @Test
  void aCheckpointOfAnotherDrawingIsRefusedAndOfTheSameIsNot() throws IOException {
    Path file = folder.resolve("drawing.png");
    Png.write(file, drawing(Color.RED), Map.of());
    Prompt prompt = drawnOver(file);
    try (Distillation saved = start(prompt, settings(2))) {
      saved.step();
      saved.save(folder);
      take(saved);
    }
    Path moved = folder.resolve("moved.png");
    Files.copy(file, moved);
    try (Distillation resumed = start(drawnOver(moved), settings(2))) {
      resumed.resume(folder);
      assertEquals(1, resumed.reports().size());
      take(resumed);
    }
    Png.write(file, drawing(Color.BLUE), Map.of());
    assertNotResumed(drawnOver(file), settings(2), "other settings");
  }

  private static Prompt drawnOver(Path file) throws IOException {
    return Prompt.of("a toy").check("0.5", "x", VisualPrompt.file(file, OverlayMode.TRANSPARENT));
  }

  private static BufferedImage drawing(Color color) {
    BufferedImage image = new BufferedImage(3, 4, BufferedImage.TYPE_INT_RGB);
    image.setRGB(1, 2, color.getRGB());
    return image;
  }

  private void assertNotResumed(Prompt prompt, DistillSettings settings, String told) {
    try (Distillation distillation = start(prompt, settings);
        Lora lora = distillation.lora()) {
      float[] before = Ops.toFloats(lora.flat());
      assertRefused(
          IOException.class,
          () -> distillation.resume(folder),
          folder.resolve("state.safetensors"),
          told);
      assertArrayEquals(before, Ops.toFloats(lora.flat()));
      assertTrue(distillation.reports().isEmpty());
    }
  }

  @Test
  void aMissingCheckpointIsNamed() {
    assertNotResumed(PROMPT, settings(2), "no such file");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 100, 400, -4})
  void aBrokenCheckpointIsNamed(int length) throws IOException {
    try (Distillation saved = start(PROMPT, settings(2))) {
      saved.run();
      saved.save(folder);
      take(saved);
    }
    Path path = folder.resolve("state.safetensors");
    byte[] all = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(all, length < 0 ? all.length + length : length));
    assertNotResumed(PROMPT, settings(2), "truncated");
  }

  @Test
  void listenersHearOfCheckpoints() throws IOException {
    List<String> told = new ArrayList<>();
    StepListener listener =
        new StepListener() {
          @Override
          public void onStep(StepReport report) {
            told.add("step " + report.step());
          }

          @Override
          public void onCheckpoint(int steps) {
            told.add("checkpoint " + steps);
          }
        };
    try (Distillation distillation =
        Distillation.of(generator, verifier, PROMPT)
            .settings(settings(2))
            .listener(listener)
            .start()) {
      distillation.step();
      distillation.save(folder);
      distillation.step();
      take(distillation);
    }
    assertEquals(List.of("step 1", "checkpoint 1", "step 2"), told);
  }
}
