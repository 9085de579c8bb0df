package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Prompt;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.FlatMemory;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The noise of one seed, with a generator of one layer and a verifier of one formula. */
class OptimisedLatentsTest {
  private static final ImageSize SIZE = new ImageSize(4, 3);
  private static final int D = 36;
  private static final Prompt PROMPT = Prompt.of("a toy").check("0.5", "x");

  private final ToyGenerator generator = new ToyGenerator(SIZE);
  private final ToyVerifier verifier = new ToyVerifier();

  @TempDir Path folder;

  @AfterEach
  void close() {
    generator.close();
  }

  private DistillSettings settings(int steps) {
    return DistillSettings.paper(generator.defaultSampling().withSteps(1))
        .ofLatents()
        .withSteps(steps)
        .withSeed(3);
  }

  private Distillation start(DistillSettings settings) {
    return Distillation.of(generator, verifier, PROMPT).settings(settings).start();
  }

  private static float[] latents(Distillation optimisation) {
    return Memory.freeing(() -> Ops.toFloats(optimisation.latents()));
  }

  private Evaluation.Rated rate(Distillation optimisation) {
    return Memory.freeing(
        () ->
            new Evaluation(
                    generator,
                    optimisation.examiner(),
                    optimisation.conditioning(),
                    generator.defaultSampling().withSteps(1))
                .rate(3, optimisation.latents()));
  }

  private static double relativeLength(Distillation optimisation) {
    return Memory.freeing(() -> Noise.relativeLength(optimisation.latents()));
  }

  @Test
  void theLossFallsAndTheImageIsOfTheNewNoise() {
    try (Distillation optimisation = start(settings(100))) {
      double before = rate(optimisation).loss();
      optimisation.run();
      assertTrue(optimisation.finished());
      assertEquals(100, optimisation.reports().size());
      assertEquals(before, optimisation.reports().get(0).loss(), 1e-6);
      assertTrue(rate(optimisation).loss() < before / 10, () -> "still " + rate(optimisation));
    }
  }

  /** With û = Wz, x̂₀ = z - Wz, L = mean (x̂₀ - c)²: dL/dz = (1 - W)ᵀ 2 (x̂₀ - c) / D. */
  @Test
  void theFirstStepIsTheFormulas() {
    try (PointerScope scope = new PointerScope();
        Distillation optimisation = start(settings(1))) {
      float[] z = Ops.toFloats(Noise.randn(3, 1, D));
      float[] w = Ops.toFloats(generator.weight());
      double[] dx0 = new double[D];
      double loss = 0;
      for (int i = 0; i < D; i++) {
        double x0 = z[i];
        for (int j = 0; j < D; j++) {
          x0 -= (double) w[i * D + j] * z[j];
        }
        loss += (x0 - 0.5) * (x0 - 0.5) / D;
        dx0[i] = 2 * (x0 - 0.5) / D;
      }
      double[] gradient = new double[D];
      double square = 0;
      for (int j = 0; j < D; j++) {
        gradient[j] = dx0[j];
        for (int i = 0; i < D; i++) {
          gradient[j] -= w[i * D + j] * dx0[i];
        }
        square += gradient[j] * gradient[j];
      }
      assertArrayEquals(z, latents(optimisation), 0);
      StepReport report = optimisation.step();
      assertEquals(loss, report.loss(), 1e-5);
      assertEquals(Math.sqrt(square), report.gradientNorm(), 1e-5);
      float[] after = latents(optimisation);
      for (int j = 0; j < D; j++) {
        // The first step of Adam goes by the learning rate, against the sign of the gradient.
        assertEquals(z[j] - 0.05 * Math.signum(gradient[j]), after[j], 1e-5, "z " + j);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 1, 7})
  void theShellsGradientIsThatOfItsFormula(double length) {
    try (PointerScope scope = new PointerScope()) {
      Tensor z = Ops.mul(Noise.randn(5, D), length);
      Tensor gradient = Noise.randn(6, D);
      float[] before = Ops.toFloats(gradient);
      GaussianShell.addGradient(z, 0.25, gradient);
      float[] added = Ops.toFloats(gradient);
      float[] at = Ops.toFloats(z);
      for (int i = 0; i < D; i++) {
        double h = 1e-4;
        double slope = (penalty(at, i, h) - penalty(at, i, -h)) / (2 * h);
        double scale = Math.max(1, Math.abs(slope));
        assertEquals(0.25 * slope, added[i] - before[i], 1e-4 * scale, "z " + i);
      }
    }
  }

  private static double penalty(float[] z, int moved, double by) {
    double square = 0;
    for (int i = 0; i < z.length; i++) {
      double x = z[i] + (i == moved ? by : 0);
      square += x * x;
    }
    return square / 2 - (z.length - 1) * Math.log(Math.sqrt(square));
  }

  @Test
  void theShellKeepsTheNoiseAsLongAsNoiseIs() {
    double free;
    try (Distillation optimisation = start(settings(300))) {
      optimisation.run();
      free = Math.abs(relativeLength(optimisation) - 1);
    }
    try (Distillation optimisation =
        start(settings(300).withRegularisation(Regularisation.NONE.withShellPenalty(1)))) {
      optimisation.run();
      double kept = Math.abs(relativeLength(optimisation) - 1);
      assertTrue(kept < 0.02, () -> "off by " + kept);
      assertTrue(free > 10 * kept, () -> "without it off by no more than " + kept);
    }
  }

  @Test
  void goesOnFromACheckpointToTheSameNumbers() throws IOException {
    DistillSettings ten =
        settings(10).withRegularisation(Regularisation.NONE.withShellPenalty(0.01));
    float[] whole;
    try (Distillation optimisation = start(ten)) {
      optimisation.run();
      whole = latents(optimisation);
    }
    try (Distillation first = start(ten)) {
      for (int i = 0; i < 4; i++) {
        first.step();
      }
      first.save(folder);
    }
    try (Distillation second = start(ten)) {
      second.resume(folder);
      assertEquals(4, second.reports().size());
      second.run();
      assertEquals(10, second.reports().size());
      assertArrayEquals(whole, latents(second), 0);
    }
    try (Distillation other = start(ten.withSeed(4))) {
      assertRefused(IOException.class, () -> other.resume(folder), "other settings");
    }
  }

  @Test
  void stopsAtALossThatIsNoNumber() {
    Prompt broken = Prompt.of("a toy").check("NaN", "x");
    try (Distillation optimisation =
        Distillation.of(generator, verifier, broken).settings(settings(3)).start()) {
      assertRefused(
          DistillationException.class, optimisation::run, "the loss became NaN at step 1");
    }
  }

  @Test
  void leavesNothingBehind() {
    FlatMemory.assertFlat(
        () -> {
          try (Distillation optimisation =
              start(settings(20).withRegularisation(Regularisation.NONE.withShellPenalty(0.1)))) {
            optimisation.run();
            rate(optimisation);
          }
        });
  }

  @Test
  void refusesWrongSettings() {
    DistillSettings weights = DistillSettings.paper(generator.defaultSampling());
    assertRefused(
        IllegalArgumentException.class, () -> settings(1).withSeeds(2), "those of one seed");
    assertRefused(
        IllegalArgumentException.class,
        () -> settings(1).withRegularisation(Regularisation.NONE.withDriftPenalty(1)),
        "for runs that optimise weights");
    assertRefused(
        IllegalArgumentException.class,
        () -> weights.withRegularisation(Regularisation.NONE.withShellPenalty(1)),
        "for runs that optimise latents");
    assertRefused(
        IllegalArgumentException.class,
        () ->
            Distillation.of(generator, verifier, PROMPT)
                .settings(settings(1))
                .also(PROMPT.withText("another"))
                .start(),
        "for one prompt alone");
    assertRefused(IllegalArgumentException.class, () -> settings(0), "steps must be at least 1");
    assertRefused(
        IllegalArgumentException.class,
        () -> settings(1).withRegularisation(Regularisation.NONE.withShellPenalty(-1)),
        "the penalty on the length of the latents");
  }
}
