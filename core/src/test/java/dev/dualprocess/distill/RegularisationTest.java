package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Prompt;
import dev.dualprocess.augment.Augmentation;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraSettings.Init;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a run honest, on the toys. */
class RegularisationTest {
  private static final ImageSize SIZE = new ImageSize(4, 3);
  private static final Prompt PROMPT =
      Prompt.of("a toy").check("0.5", "x").check("0.25", "y", VisualPrompt.horizon(0.5));
  private static final Regularisation ALL =
      new Regularisation(
          new Augmentation(0.2, 0.2, 0.5, 0.1), 0.01, 0.5, 0.2, 0, 0, 0, EarlyStop.NEVER);

  private final ToyGenerator generator = new ToyGenerator(SIZE);
  private final ToyVerifier verifier = new ToyVerifier();

  @TempDir Path folder;

  @AfterEach
  void close() {
    generator.close();
  }

  private Distillation start(int steps, Regularisation regularisation) {
    DistillSettings settings =
        DistillSettings.paper(generator.defaultSampling())
            .withSteps(steps)
            .withSeeds(3)
            .withSeed(11)
            .withLora(new LoraSettings(4, 8, Init.KAIMING_UNIFORM))
            .withLearningRate(0.01)
            .withRegularisation(regularisation);
    return Distillation.of(generator, verifier, PROMPT).settings(settings).start();
  }

  private static float[] take(Distillation distillation) {
    try (Lora lora = distillation.lora()) {
      return Ops.toFloats(lora.flat());
    }
  }

  /** ‖BA‖ and the mean squared change of an image, after so many steps. */
  private double[] changes(Regularisation regularisation) {
    try (Distillation distillation = start(60, regularisation)) {
      distillation.run();
      Lora lora = distillation.lora();
      double weights =
          Memory.freeing(
              () ->
                  lora.b(ToyGenerator.LAYER)
                      .matmul(lora.a(ToyGenerator.LAYER))
                      .norm()
                      .item_double());
      double image =
          Memory.freeing(
              () -> {
                Tensor before = image();
                try (Attachment learnt = generator.loraTargets().attach(lora, 1.0)) {
                  return image().sub(before).square().mean().item_double();
                }
              });
      take(distillation);
      return new double[] {weights, image};
    }
  }

  private Tensor image() {
    return generator.generate(
        Noise.randn(77, 1, 36), generator.condition("a toy"), generator.defaultSampling());
  }

  @Test
  void penaltiesHoldBackWhatTheyAreAbout() {
    double[] free = changes(Regularisation.NONE);
    double[] light = changes(Regularisation.NONE.withLoraPenalty(10));
    double[] near = changes(Regularisation.NONE.withDriftPenalty(10));
    assertTrue(light[0] < free[0] / 3, () -> light[0] + " of " + free[0]);
    assertTrue(near[1] < free[1] / 3, () -> near[1] + " of " + free[1]);
  }

  @Test
  void theFirstPenaltyIsNoneForNothingHasChanged() {
    try (Distillation distillation = start(2, ALL)) {
      assertEquals(0, distillation.step().penalty(), 0);
      assertTrue(distillation.step().penalty() > 0);
      take(distillation);
    }
  }

  @Test
  void noneIsTheSameAsNotAsking() {
    float[] asked;
    try (Distillation distillation = start(10, Regularisation.NONE)) {
      distillation.run();
      asked = take(distillation);
    }
    try (Distillation distillation = start(10, ALL)) {
      distillation.run();
      assertFalse(java.util.Arrays.equals(asked, take(distillation)));
    }
  }

  @Test
  void goesOnFromACheckpointToTheSameBytes() throws IOException {
    float[] whole;
    List<Double> losses;
    try (Distillation distillation = start(12, ALL)) {
      distillation.run();
      losses = distillation.reports().stream().map(StepReport::loss).toList();
      whole = take(distillation);
    }
    try (Distillation first = start(12, ALL)) {
      IntStream.range(0, 5).forEach(i -> first.step());
      first.save(folder);
      take(first);
    }
    try (Distillation second = start(12, ALL)) {
      second.resume(folder);
      second.run();
      assertEquals(losses, second.reports().stream().map(StepReport::loss).toList());
      assertArrayEquals(whole, take(second), 0);
    }
    try (Distillation other = start(12, ALL.withDriftPenalty(0.25))) {
      assertRefused(IOException.class, () -> other.resume(folder), "other settings");
      take(other);
    }
  }

  @Test
  void stopsAsSoonAsTheLastSeedsAreGoodEnough() {
    List<StepReport> all;
    try (Distillation distillation = start(60, Regularisation.NONE)) {
      distillation.run();
      all = List.copyOf(distillation.reports());
      assertFalse(distillation.stoppedEarly());
      take(distillation);
    }
    double wanted = all.subList(27, 30).stream().mapToDouble(StepReport::probability).sum() / 3;
    int first = 3;
    while (mean(all, first) < wanted) {
      first++;
    }
    try (Distillation distillation =
        start(60, Regularisation.NONE.withEarlyStop(new EarlyStop(3, wanted)))) {
      distillation.run();
      assertTrue(distillation.stoppedEarly());
      assertTrue(distillation.finished());
      assertEquals(first, distillation.reports().size());
      take(distillation);
    }
  }

  /** Of the three steps up to that one. */
  private static double mean(List<StepReport> reports, int step) {
    return reports.subList(step - 3, step).stream().mapToDouble(StepReport::probability).sum() / 3;
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertRefused(
        IllegalArgumentException.class,
        () -> Regularisation.NONE.withLoraPenalty(-1),
        "the penalty on the LoRA");
    assertRefused(
        IllegalArgumentException.class,
        () -> Regularisation.NONE.withDriftPenalty(Double.NaN),
        "the penalty on the image drift");
    assertRefused(IllegalArgumentException.class, () -> new EarlyStop(3, 0), "probability");
    assertRefused(IllegalArgumentException.class, () -> new EarlyStop(-1, 1), "-1 steps");
  }
}
