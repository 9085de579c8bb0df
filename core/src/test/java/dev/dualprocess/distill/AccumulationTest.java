package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.Draft;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.tensor.Ops;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps of several draws, on the toys. */
class AccumulationTest extends ToyRuns {
  private static final Prompt ONE = Prompt.of("a toy").check("0.5", "x");
  private static final int DRAWS = 3;
  private static final List<Integer> LEVELS = List.of(2, 0, 1, 3, 3, 0);

  @TempDir Path folder;

  /** Two steps of three draws against the gradients of six drafts, averaged in doubles. */
  @Test
  void aStepIsTheMeanOfItsDraws() {
    DistillSettings how = settings(2).withSeeds(4).withAccumulate(DRAWS);
    try (PointerScope scope = new PointerScope();
        Lora initial = generator.loraTargets().create(how.lora(), 5);
        Distillation run =
            Distillation.of(generator, verifier, ONE)
                .settings(how)
                .initialLora(initial)
                .sampledSteps(LEVELS)
                .start();
        Lora lora = run.lora()) {
      for (int step = 0; step < 2; step++) {
        Mean wanted = new Mean(lora.flat().numel());
        for (int draw = step * DRAWS; draw < (step + 1) * DRAWS; draw++) {
          wanted.add(how, lora, draw);
        }
        StepReport report = run.step();
        assertEquals(wanted.norm(), report.gradientNorm(), 1e-5 * wanted.norm());
        assertEquals(wanted.loss / DRAWS, report.loss(), 1e-6);
        assertEquals(wanted.probability / DRAWS, report.probabilities().get(0), 1e-6);
        assertEquals(wanted.sigma / DRAWS, report.sigma(), 1e-6);
        assertEquals(step * DRAWS % 4, report.seed());
        assertEquals(step + 1, report.step());
      }
    }
  }

  /** What the draws of a step come to, by passes of the test's own. */
  private final class Mean {
    private final double[] gradient;
    private double loss;
    private double probability;
    private double sigma;

    Mean(long parameters) {
      gradient = new double[(int) parameters];
    }

    void add(DistillSettings how, Lora lora, int draw) {
      int level = LEVELS.get(draw);
      Tensor noise = generator.noise(11, 4, SIZE).narrow(0, draw % 4, 1);
      try (Lora copy = lora.on(generator.loraTargets().placement());
          Attachment attached = generator.loraTargets().attach(copy, 1)) {
        Tensor own = copy.flatGradient();
        Tensor zt = generator.sample(noise, generator.condition("a toy"), how.sampling(), level);
        try (Draft draft =
            generator.draft(zt, level, generator.condition("a toy"), how.sampling())) {
          var said =
              verifier.critique(
                  draft.image(), List.of(new Question("0.5", "x")), VqaSettings.DEFAULT);
          loss += said.loss();
          probability += said.assessments().get(0).probability();
          draft.backward(said.imageGradient());
        }
        float[] values = Ops.toFloats(own);
        for (int i = 0; i < values.length; i++) {
          gradient[i] += values[i];
        }
      }
      sigma += generator.schedule(how.sampling()).sigma(level);
    }

    double norm() {
      double squares = 0;
      for (double g : gradient) {
        squares += g * g / (DRAWS * DRAWS);
      }
      return Math.sqrt(squares);
    }
  }

  @Test
  void oneDrawIsAStepAsEver() {
    try (Distillation plain = start(PROMPT, settings(5));
        Distillation one = start(PROMPT, settings(5).withAccumulate(1))) {
      plain.run();
      one.run();
      assertArrayEquals(take(plain), take(one), 0);
    }
  }

  @Test
  void goesOnFromACheckpointToTheSameBytes() throws IOException {
    DistillSettings how =
        settings(7)
            .withAccumulate(DRAWS)
            .withRegularisation(Regularisation.NONE.withDriftPenalty(2).withVelocityPenalty(1));
    float[] whole;
    List<StepReport> reports;
    try (Distillation run = start(PROMPT, how)) {
      run.run();
      reports = timeless(run);
      whole = take(run);
    }
    try (Distillation first = start(PROMPT, how)) {
      IntStream.range(0, 4).forEach(i -> first.step());
      first.save(folder);
      take(first);
    }
    try (Distillation second = start(PROMPT, how)) {
      second.resume(folder);
      second.run();
      assertEquals(reports, timeless(second));
      assertArrayEquals(whole, take(second), 0);
    }
    try (Distillation other = start(PROMPT, how.withAccumulate(2))) {
      assertRefused(IOException.class, () -> other.resume(folder), "other settings", "accumulate");
      take(other);
    }
  }

  /** Reports as if every step took no time. */
  static List<StepReport> timeless(Distillation run) {
    return run.reports().stream()
        .map(
            r ->
                new StepReport(
                    r.step(),
                    r.seed(),
                    r.sigma(),
                    r.loss(),
                    r.probabilities(),
                    r.gradientNorm(),
                    0,
                    r.penalty()))
        .toList();
  }

  @Test
  void whatCannotBeAccumulatedIsRefused() {
    assertRefused(
        IllegalArgumentException.class, () -> settings(1).withAccumulate(0), "at least 1");
    assertRefused(
        IllegalArgumentException.class,
        () -> settings(1_000_000).withAccumulate(2),
        "steps times accumulate");
    assertRefused(
        IllegalArgumentException.class,
        () -> settings(1).ofLatents().withAccumulate(2),
        "latents",
        "nothing accumulates");
    assertRefused(
        IllegalArgumentException.class,
        () ->
            Distillation.of(generator, verifier, ONE)
                .settings(settings(3).withAccumulate(2))
                .sampledSteps(LEVELS.subList(0, 5))
                .start(),
        "5 sampled steps",
        "2 draws each");
  }
}
