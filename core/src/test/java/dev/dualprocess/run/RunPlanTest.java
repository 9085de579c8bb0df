package dev.dualprocess.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Sampling;
import dev.dualprocess.audit.TurnedDrawing;
import dev.dualprocess.augment.Augmentation;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.EarlyStop;
import dev.dualprocess.distill.Regularisation;
import dev.dualprocess.distill.TrainingScheme;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.overlay.Annotation;
import dev.dualprocess.overlay.OverlayMode;
import dev.dualprocess.overlay.VisualPrompt;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a run was asked for comes back from its folder as it was. */
class RunPlanTest {
  private static final ImageSize SIZE = new ImageSize(48, 64);

  @TempDir private Path folder;

  private static BufferedImage painting() {
    BufferedImage painting = new BufferedImage(7, 5, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 35; i++) {
      painting.setRGB(i % 7, i / 7, new Color(7 * i, 255 - i, i).getRGB());
    }
    return painting;
  }

  static List<VisualPrompt> drawings() {
    List<Annotation> marks =
        List.of(
            new Annotation.Arrow(0.1, 0.2, 0.7, 0.9),
            new Annotation.Box(0.25, 0.5, 0.25, 0.125),
            new Annotation.Mark(VisualPrompt.horizon(1 / 3.0)),
            new Annotation.Mark(VisualPrompt.palette("#102030,#ffffff")),
            new Annotation.Mark(VisualPrompt.lineWeight(2.5)));
    return List.of(
        VisualPrompt.horizon(0.3125),
        VisualPrompt.palette("#d83b2a,#00ff7f"),
        VisualPrompt.lineWeight(3),
        VisualPrompt.depth(0.1, 0.2, 0.3, 0.4),
        VisualPrompt.composition(Optional.empty(), marks),
        VisualPrompt.composition(Optional.of(painting()), marks),
        VisualPrompt.composition(Optional.of(painting()), List.of(), OverlayMode.SOLID, 0.75),
        VisualPrompt.drawing(painting(), OverlayMode.TRANSPARENT),
        new TurnedDrawing(VisualPrompt.horizon(0.25)));
  }

  private static RunPlan plan(Prompt... prompts) {
    DistillSettings settings =
        DistillSettings.authors(new Sampling(SIZE, 2, 4.5, Sampling.Shift.PUBLISHED))
            .withSeed(Long.MAX_VALUE)
            .withSteps(17)
            .withLearningRate(1e-3 / 7)
            .withScheme(TrainingScheme.RENOISE)
            .withLora(new LoraSettings(3, 0.1, LoraSettings.Init.GAUSSIAN, ".*to_[qkv]"))
            .withRegularisation(
                Regularisation.NONE
                    .withAugmentation(new Augmentation(0.0625, 0, 1.5, 0.1))
                    .withDriftPenalty(0.8)
                    .withTexturePenalty(3)
                    .withPatternPenalty(200)
                    .withVelocityPenalty(2)
                    .withEarlyStop(new EarlyStop(100, 0.97)));
    return new RunPlan("tiny", List.of("tiny", "other"), List.of(prompts), settings, 3, 7);
  }

  private RunPlan stored(RunPlan plan) throws IOException {
    String json = JsonOutput.mapper().writeValueAsString(plan.toMap(RunPlan.drawings(folder)));
    Files.writeString(folder.resolve("config.json"), json);
    return RunPlan.read(folder);
  }

  @Test
  void comesBackWhole() throws IOException {
    RunPlan plan =
        plan(
            Prompt.of("a photo").check("Is it night?", "No").check("What is it?", "a café"),
            Prompt.of("another")
                .check(new Check(new Question("Word for word", "Yes"), Optional.empty())));
    assertEquals(plan, stored(plan));
  }

  @Test
  void aRunFromBeforeSomePenaltiesHadNoneOfThem() throws IOException {
    RunPlan plan = plan(Prompt.of("a photo").check("Is it night?", "No"));
    stored(plan);
    Path config = folder.resolve("config.json");
    String older =
        Files.readString(config)
            .replaceAll(
                "\\s*\"(texturePenalty|patternPenalty|velocityPenalty|accumulate)\"\\s*:\\s*[0-9.]+,",
                "");
    assertFalse(
        older.matches("(?s).*(texturePenalty|patternPenalty|velocityPenalty|accumulate).*"), older);
    Files.writeString(config, older);
    Regularisation regularisation = plan.settings().regularisation();
    assertEquals(
        regularisation.withTexturePenalty(0).withPatternPenalty(0).withVelocityPenalty(0),
        RunPlan.read(folder).settings().regularisation());
  }

  @ParameterizedTest
  @MethodSource("drawings")
  void drawingsComeBackPixelForPixel(VisualPrompt drawing) throws IOException {
    VisualPrompt back =
        stored(plan(Prompt.of("a photo").check("Is it so?", "Yes", drawing)))
            .prompts()
            .get(0)
            .checks()
            .get(0)
            .visualPrompt()
            .orElseThrow();
    assertEquals(drawing.fingerprint(SIZE), back.fingerprint(SIZE));
    assertEquals(drawing.opacity(), back.opacity());
    BufferedImage drawn = drawing.draw(SIZE);
    assertArrayEquals(
        drawn.getRGB(0, 0, drawn.getWidth(), drawn.getHeight(), null, 0, drawn.getWidth()),
        back.draw(SIZE)
            .getRGB(0, 0, drawn.getWidth(), drawn.getHeight(), null, 0, drawn.getWidth()));
  }

  @Test
  void aFolderWithoutAPlanSaysSo() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"prompt\": \"a photo\"}");
    assertEquals(
        folder.resolve("config.json") + ": it has no 'settings'",
        assertThrows(IOException.class, () -> RunPlan.read(folder)).getMessage());
  }

  @Test
  void aPictureOutsideTheFolderIsNotRead() throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"prompt\": \"a\", \"checks\": [{\"question\": \"b\", \"answer\": \"Yes\","
            + " \"drawing\": {\"picture\": \"../../secret.png\"}}]}");
    assertEquals(
        "'../../secret.png' is no picture of a stored drawing",
        assertThrows(IOException.class, () -> RunPlan.read(folder)).getMessage());
  }
}
