package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.distill.Distillation.Ending;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.tensor.Ops;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run whose numbers end keeps what it had learnt when they were last finite. */
class DivergenceTest extends ToyRuns {
  @TempDir Path folder;

  /** Says the same as the toy, until a call from which on its loss is NaN. */
  private final class Failing implements Verifier {
    private final int from;
    private final boolean inGradient;
    private int calls;

    Failing(int from, boolean inGradient) {
      this.from = from;
      this.inGradient = inGradient;
    }

    @Override
    public String name() {
      return "toy verifier";
    }

    @Override
    public List<Assessment> assess(Tensor image, List<Question> questions, VqaSettings settings) {
      return verifier.assess(image, questions, settings);
    }

    @Override
    public Critique critique(Tensor image, List<Question> questions, VqaSettings settings) {
      Critique sound = verifier.critique(image, questions, settings);
      calls++;
      if (calls < from) {
        return sound;
      }
      return inGradient
          ? new Critique(
              sound.assessments(), sound.imageGradient().mul(new Scalar(Double.POSITIVE_INFINITY)))
          : new Critique(
              questions.stream().map(q -> Assessment.ofLoss(Double.NaN, "")).toList(),
              sound.imageGradient());
    }

    @Override
    public void close() {}
  }

  private Distillation failing(int step, boolean inGradient, DistillSettings settings) {
    // Two drawings: the verifier is asked twice a step.
    return Distillation.of(generator, new Failing(2 * step, inGradient), PROMPT)
        .settings(settings)
        .start();
  }

  private float[] learntIn(int steps) {
    try (Distillation straight = start(PROMPT, settings(steps))) {
      straight.run();
      return take(straight);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, 1, false",
    "5, 3, false",
    "5, 3, true",
    "12, 10, true",
    "17, 10, false",
    "22, 20, false"
  })
  void theLoraIsThatOfAnEarlierStepBitForBitAndDraws(int failed, int kept, boolean inGradient)
      throws IOException {
    try (Distillation distillation = failing(failed, inGradient, settings(30));
        Lora lora = distillation.lora()) {
      DivergedException diverged = assertThrows(DivergedException.class, distillation::run);
      assertEquals(failed, diverged.step());
      assertEquals(kept, diverged.kept());
      String told = diverged.getMessage();
      assertTrue(told.startsWith("diverged at step " + failed + ": the "), told);
      assertTrue(told.contains("verifier 'toy verifier' returned it"), told);
      assertTrue(told.endsWith("; kept the LoRA of step " + kept), told);
      assertFalse(told.contains("learning rate"), told);
      assertEquals(kept, distillation.reports().size());
      assertArrayEquals(learntIn(kept), Ops.toFloats(lora.flat()));
      assertEquals(0, lora.flatGradient().norm().item_double());
      try (Attachment attached = generator.loraTargets().attach(lora, 1)) {
        BufferedImage image = generator.generate("a toy", generator.defaultSampling(), 5);
        assertEquals(SIZE.width(), image.getWidth());
      }
      distillation.save(folder);
    }
    try (Distillation resumed = start(PROMPT, settings(30))) {
      resumed.resume(folder);
      assertEquals(kept, resumed.reports().size());
      assertEquals(Ending.FINISHED, resumed.run());
      assertArrayEquals(learntIn(30), take(resumed));
    }
  }

  /** Nothing was learnt, so the learning rate has no part in it. */
  @Test
  void atTheFirstStepNothingIsKeptAndNoLearningRateIsBlamed() {
    try (Distillation distillation = failing(1, false, settings(3));
        Lora lora = distillation.lora()) {
      float[] before = Ops.toFloats(lora.flat());
      DistillationException told = assertThrows(DistillationException.class, distillation::run);
      assertFalse(told instanceof DivergedException);
      assertFalse(String.valueOf(told.getMessage()).contains("learning rate"), told.getMessage());
      assertArrayEquals(before, Ops.toFloats(lora.flat()));
    }
    try (Distillation distillation = failing(2, false, settings(3));
        Lora lora = distillation.lora()) {
      float[] before = Ops.toFloats(lora.flat());
      assertRefused(
          DivergedException.class, distillation::run, "at step 2", "nothing was learnt before");
      assertArrayEquals(before, Ops.toFloats(lora.flat()));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e12, 1e20, 1e30})
  void aHugeLearningRateDivergesAndALowerOneGoesOn(double rate) throws IOException {
    int kept;
    try (Distillation distillation = start(PROMPT, settings(40).withLearningRate(rate));
        Lora lora = distillation.lora()) {
      DivergedException diverged = assertThrows(DivergedException.class, distillation::run);
      kept = diverged.kept();
      for (float value : Ops.toFloats(lora.flat())) {
        assertTrue(Float.isFinite(value));
      }
      distillation.save(folder);
    }
    try (Distillation lower = start(PROMPT, settings(kept + 3).withLearningRate(1e-3))) {
      lower.resume(folder);
      assertEquals(kept, lower.reports().size());
      assertEquals(Ending.FINISHED, lower.run());
      assertEquals(kept + 3, lower.reports().size());
      take(lower);
    }
  }

  @Test
  void whatTurnsOutBadAfterTheLastStepIsTakenBackToo() {
    try (Distillation distillation = start(PROMPT, settings(5));
        Lora lora = distillation.lora()) {
      distillation.run();
      DistillationException told = distillation.diverged("the picture is not finite");
      assertEquals(
          "diverged at step 5: the picture is not finite; kept the LoRA of step 4",
          told.getMessage());
      assertArrayEquals(learntIn(4), Ops.toFloats(lora.flat()));
    }
  }

  @Test
  void latentsAreKeptToo() {
    try (Distillation distillation =
        Distillation.of(generator, new Failing(10, false), PROMPT)
            .settings(settings(9).ofLatents())
            .start()) {
      assertRefused(DivergedException.class, distillation::run, "kept the latents of step 3");
      assertEquals(3, distillation.reports().size());
    }
  }
}
