package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.Sampling;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraSettings.Init;
import dev.dualprocess.overlay.PresentationSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two presets, and what is no run. */
class DistillSettingsTest {
  private static final Sampling SAMPLING =
      new Sampling(ImageSize.square(512), 1, 0, Sampling.Shift.PUBLISHED);

  /** Section 3 of the paper and its appendix: rank 16, alpha 5 x rank, 100 steps and seeds. */
  @Test
  void thePapersText() {
    assertEquals(
        new DistillSettings(
            Optimised.WEIGHTS,
            100,
            100,
            1,
            0,
            new LoraSettings(16, 80, Init.KAIMING_UNIFORM),
            new AdamSettings(5e-5, 0.9, 0.999, 1e-8, 0, 1),
            SAMPLING,
            new PresentationSettings(PresentationSettings.Range.FIXED, false),
            new VqaSettings(VqaSettings.Reduction.SUM, VqaSettings.Resizing.PROCESSOR),
            TrainingScheme.SAMPLED_STEP,
            Regularisation.NONE),
        DistillSettings.paper(SAMPLING));
  }

  /** lora_alpha 8 of peft's default, times 5: a scale of 40 / 16. */
  @Test
  void theAuthorsCode() {
    DistillSettings authors = DistillSettings.authors(SAMPLING);
    assertEquals(
        new DistillSettings(
            Optimised.WEIGHTS,
            100,
            100,
            1,
            0,
            new LoraSettings(16, 40, Init.GAUSSIAN),
            new AdamSettings(5e-5, 0.9, 0.999, 1e-8, 0, 1),
            new Sampling(ImageSize.square(512), 1, 0, Sampling.Shift.STATIC),
            new PresentationSettings(PresentationSettings.Range.MIN_MAX, true),
            new VqaSettings(VqaSettings.Reduction.MEAN, VqaSettings.Resizing.AUTHORS),
            TrainingScheme.SAMPLED_STEP,
            Regularisation.NONE),
        authors);
    assertEquals(2.5, authors.lora().alpha() / authors.lora().rank());
  }

  @Test
  void onePartChangesAtATime() {
    DistillSettings paper = DistillSettings.paper(SAMPLING);
    LoraSettings lora = new LoraSettings(4, 8, Init.GAUSSIAN);
    assertEquals(
        new DistillSettings(
            Optimised.WEIGHTS,
            3,
            5,
            1,
            7,
            lora,
            paper.adam().withLearningRate(0.5),
            SAMPLING,
            paper.presentation(),
            paper.vqa(),
            TrainingScheme.SAMPLED_STEP,
            Regularisation.NONE),
        paper.withSteps(3).withSeeds(5).withSeed(7).withLora(lora).withLearningRate(0.5));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void lessThanOneStepOrSeedIsRefused(int none) {
    DistillSettings paper = DistillSettings.paper(SAMPLING);
    assertRefused(
        IllegalArgumentException.class,
        () -> paper.withSteps(none),
        "steps must be at least 1, not " + none);
    assertRefused(
        IllegalArgumentException.class,
        () -> paper.withSeeds(none),
        "seeds must be at least 1, not " + none);
  }
}
