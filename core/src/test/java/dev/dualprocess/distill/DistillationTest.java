package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Prompt;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraSettings.Init;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** The loop, with a generator of one layer and a verifier of one formula. */
class DistillationTest extends ToyRuns {
  private static final int D = 36;

  private static double meanLoss(List<StepReport> reports) {
    return reports.stream().mapToDouble(StepReport::loss).average().orElseThrow();
  }

  @Test
  void theLossFalls() {
    try (Distillation distillation = start(Prompt.of("a toy").check("0.5", "x"), settings(90))) {
      distillation.run();
      assertTrue(distillation.finished());
      List<StepReport> reports = distillation.reports();
      assertEquals(90, reports.size());
      double first = meanLoss(reports.subList(0, 9));
      double last = meanLoss(reports.subList(81, 90));
      assertTrue(last < first / 3, () -> first + " to " + last);
      take(distillation);
    }
  }

  /** With û = Wz, N = 1 and B = 0, all of the first step is known in closed form. */
  @Test
  void theFirstStepIsTheFormulas() {
    double target = 0.5;
    double rate = 0.01;
    DistillSettings one =
        new DistillSettings(
            Optimised.WEIGHTS,
            1,
            1,
            1,
            11,
            new LoraSettings(4, 8, Init.GAUSSIAN),
            AdamSettings.PAPER.withLearningRate(rate),
            generator.defaultSampling().withSteps(1),
            settings(1).presentation(),
            settings(1).vqa(),
            TrainingScheme.SAMPLED_STEP,
            Regularisation.NONE);
    try (PointerScope scope = new PointerScope();
        Lora initial = generator.loraTargets().create(one.lora(), 5);
        Distillation distillation =
            Distillation.of(generator, verifier, Prompt.of("a toy").check("0.5", "x"))
                .settings(one)
                .initialLora(initial)
                .start();
        Lora lora = distillation.lora()) {
      float[] z = Ops.toFloats(Noise.randn(11, 1, D));
      float[] w = Ops.toFloats(generator.weight());
      float[] a = Ops.toFloats(initial.a(ToyGenerator.LAYER));
      // x̂₀ = z - Wz, L = mean (x̂₀ - c)², dL/dB = -s (2 (x̂₀ - c) / D) (Az)ᵀ.
      double[] dImage = new double[D];
      double loss = 0;
      for (int i = 0; i < D; i++) {
        double x0 = z[i] - dot(w, i, z);
        loss += (x0 - target) * (x0 - target) / D;
        dImage[i] = 2 * (x0 - target) / D;
      }
      double[] az = new double[4];
      Arrays.setAll(az, r -> dot(a, r, z));
      double scale = 8.0 / 4;
      double norm = scale * length(dImage) * length(az);

      StepReport report = distillation.step();
      assertEquals(1, report.step());
      assertEquals(0, report.seed());
      assertEquals(1.0, report.sigma());
      assertEquals(loss, report.loss(), 1e-5 * loss);
      assertEquals(Math.exp(-loss), report.probability(), 1e-5);
      assertEquals(norm, report.gradientNorm(), 1e-4 * norm);
      // Adam's first step is the sign of the gradient; A has none, since B is zero.
      assertArrayEquals(a, Ops.toFloats(lora.a(ToyGenerator.LAYER)));
      float[] b = Ops.toFloats(lora.b(ToyGenerator.LAYER));
      double clip = Math.min(1, 1 / norm);
      for (int i = 0; i < D; i++) {
        for (int r = 0; r < 4; r++) {
          double g = -scale * dImage[i] * az[r] * clip;
          double wanted = -rate * g / (Math.abs(g) + 1e-8);
          assertEquals(wanted, b[4 * i + r], 1e-3 * rate);
        }
      }
    }
  }

  private static double dot(float[] matrix, int row, float[] vector) {
    double sum = 0;
    for (int k = 0; k < vector.length; k++) {
      sum += (double) matrix[row * vector.length + k] * vector[k];
    }
    return sum;
  }

  private static double length(double[] vector) {
    return Math.sqrt(Arrays.stream(vector).map(v -> v * v).sum());
  }

  /** Before and after a step the adapter is not attached. */
  @Test
  void theGeneratorIsAsItWasAfterwards() {
    try (PointerScope scope = new PointerScope();
        Distillation distillation = start(PROMPT, settings(4))) {
      Tensor z = generator.noise(3, 1, SIZE);
      float[] before =
          Ops.toFloats(generator.generate(z, distillation.conditioning(), settings(1).sampling()));
      distillation.run();
      assertArrayEquals(
          before,
          Ops.toFloats(generator.generate(z, distillation.conditioning(), settings(1).sampling())));
      take(distillation);
    }
  }

  @Test
  void everyRunOfOneSeedIsTheSameAndOfAnotherIsNot() {
    float[] first;
    float[] second;
    float[] other;
    try (Distillation distillation = start(PROMPT, settings(5))) {
      distillation.run();
      first = take(distillation);
    }
    try (Distillation distillation = start(PROMPT, settings(5))) {
      distillation.run();
      second = take(distillation);
    }
    try (Distillation distillation = start(PROMPT, settings(5).withSeed(12))) {
      distillation.run();
      other = take(distillation);
    }
    assertArrayEquals(first, second);
    assertFalse(Arrays.equals(first, other));
  }

  @Test
  void noiseSeedsGoRound() {
    try (Distillation distillation = start(PROMPT, settings(7))) {
      distillation.run();
      List<Integer> seeds = distillation.reports().stream().map(StepReport::seed).toList();
      assertEquals(List.of(0, 1, 2, 0, 1, 2, 0), seeds);
      take(distillation);
    }
  }

  /** i = ⌊uN⌋ steps without gradient, with u from the run's seed. */
  @Test
  void theTrainedStepsAreDrawnFromTheSeed() {
    int n = 4;
    Random random = new Random(11);
    List<Integer> wanted =
        IntStream.range(0, 40).mapToObj(i -> (int) Math.floor(random.nextDouble() * n)).toList();
    try (Distillation distillation = start(PROMPT, settings(40))) {
      distillation.run();
      assertEquals(wanted, generator.stops());
      for (int k = 0; k < 40; k++) {
        assertEquals(1 - wanted.get(k) / (double) n, distillation.reports().get(k).sigma());
      }
      assertEquals(4, wanted.stream().distinct().count());
      take(distillation);
    }
  }

  @Test
  void theTrainedStepsMayBeGiven() {
    try (Distillation distillation =
        Distillation.of(generator, verifier, PROMPT)
            .settings(settings(3))
            .sampledSteps(List.of(3, 0, 2))
            .start()) {
      distillation.run();
      assertEquals(List.of(3, 0, 2), generator.stops());
      take(distillation);
    }
    assertRefused(
        IllegalArgumentException.class,
        () ->
            Distillation.of(generator, verifier, PROMPT)
                .settings(settings(3))
                .sampledSteps(List.of(3, 0))
                .start(),
        "2 sampled steps",
        "3 optimisation steps");
  }

  /** Given noise replaces what the seed would give, and its rows the number of seeds. */
  @Test
  void theNoiseMayBeGiven() {
    float[] given;
    float[] drawn;
    try (Tensor noise = Memory.kept(() -> Noise.randn(11, 3, D));
        Distillation distillation =
            Distillation.of(generator, verifier, PROMPT)
                .settings(settings(4).withSeeds(50))
                .noise(noise)
                .start()) {
      distillation.run();
      assertEquals(0, distillation.reports().get(3).seed());
      given = take(distillation);
    }
    try (Distillation distillation = start(PROMPT, settings(4))) {
      distillation.run();
      drawn = take(distillation);
    }
    assertArrayEquals(drawn, given);
  }

  @Test
  void aStopIsHeededAfterTheStepItFallsIn() {
    AtomicReference<Distillation> running = new AtomicReference<>();
    List<Integer> told = new ArrayList<>();
    try (Distillation distillation =
        Distillation.of(generator, verifier, PROMPT)
            .settings(settings(50))
            .listener(
                report -> {
                  told.add(report.step());
                  if (report.step() == 3) {
                    running.get().requestStop();
                  }
                })
            .start()) {
      running.set(distillation);
      distillation.run();
      assertEquals(List.of(1, 2, 3), told);
      assertEquals(3, distillation.reports().size());
      assertFalse(distillation.finished());
      take(distillation);
    }
  }

  @Test
  void aLossThatIsNoNumberEndsTheRunAndLeavesTheAdapter() throws IOException {
    try (Distillation distillation = start(Prompt.of("a toy").check("NaN", "x"), settings(3));
        Lora lora = distillation.lora()) {
      float[] before = Ops.toFloats(lora.flat());
      assertRefused(
          DistillationException.class,
          distillation::run,
          "loss became NaN at step 1",
          "verifier 'toy verifier'");
      assertArrayEquals(before, Ops.toFloats(lora.flat()));
      assertTrue(distillation.reports().isEmpty());
    }
  }

  @Test
  void memoryIsFlatOverManySteps() {
    try (Distillation distillation = start(PROMPT, settings(60))) {
      for (int i = 0; i < 5; i++) {
        distillation.step();
      }
      long before = Pointer.totalCount();
      distillation.run();
      assertTrue(Pointer.totalCount() <= before, () -> Pointer.totalCount() + " after " + before);
      take(distillation);
    }
  }
}
