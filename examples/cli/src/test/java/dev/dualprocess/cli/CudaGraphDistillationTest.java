package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Floats;
import dev.dualprocess.Prompt;
import dev.dualprocess.Sampling;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.distill.Regularisation;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.Models;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run whose passes are recorded as CUDA graphs learns what one learns whose passes are not. */
@Tag("gpu")
class CudaGraphDistillationTest {
  private static final String SWITCH = "dualprocess.cuda.graphs";
  private static final int STEPS = 24;

  private record Learnt(List<Double> losses, List<Float> lora) {}

  @AfterEach
  void switchBack() {
    System.clearProperty(SWITCH);
  }

  @ParameterizedTest
  @CsvSource({
    "tiny-flux-schnell, tiny-qwen25vl, FLOAT32, OFF, 1, 0",
    "tiny-flux-schnell, tiny-idefics2, BFLOAT16, OFF, 1, 0",
    "tiny-flux-dev, tiny-smolvlm, BFLOAT16, ON, 3, 0",
    "tiny-sana, tiny-qwen3vl, FLOAT32, ON, 2, 0.5",
    "tiny-sana-sprint, tiny-qwen25vl, BFLOAT16, AUTO, 2, 0.5",
  })
  void learnsTheSame(
      String generator,
      String verifier,
      Dtype dtype,
      Recompute recompute,
      int inferenceSteps,
      double driftPenalty)
      throws IOException {
    LoadOptions how = LoadOptions.at(new Placement("cuda:0", dtype)).withRecompute(recompute);
    System.setProperty(SWITCH, "off");
    Learnt plain = learnt(generator, verifier, how, inferenceSteps, driftPenalty);
    Learnt again = learnt(generator, verifier, how, inferenceSteps, driftPenalty);
    System.clearProperty(SWITCH);
    Learnt graphed = learnt(generator, verifier, how, inferenceSteps, driftPenalty);
    double rounding = difference(plain, again);
    double found = difference(plain, graphed);
    // Sums that threads of a GPU add to in any order differ from run to run.
    assertTrue(found <= 4 * rounding + 1e-6, found + " beside " + rounding);
  }

  private static Learnt learnt(
      String generator, String verifier, LoadOptions how, int inferenceSteps, double driftPenalty)
      throws IOException {
    Prompt prompt = Prompt.of("Photo of a man").check("Is the man smiling?", "Yes");
    try (ModelPair models =
        Models.pair(
            Fixtures.path(generator).toString(), Fixtures.path(verifier).toString(), how, prompt)) {
      Sampling sampling =
          models
              .generator()
              .defaultSampling()
              .withSize(ImageSize.square(64))
              .withSteps(inferenceSteps);
      DistillSettings settings =
          DistillSettings.paper(sampling)
              .withSteps(STEPS)
              .withLora(new LoraSettings(2, 10, LoraSettings.Init.KAIMING_UNIFORM))
              .withRegularisation(Regularisation.NONE.withDriftPenalty(driftPenalty));
      try (Distillation run = models.distillation(prompt).settings(settings).start();
          Lora lora = run.lora()) {
        assertEquals(Distillation.Ending.FINISHED, run.run());
        List<Double> losses = run.reports().stream().map(StepReport::loss).toList();
        return new Learnt(losses, Memory.freeing(() -> Floats.asList(Ops.toFloats(lora.flat()))));
      }
    }
  }

  /** The largest of a loss and of the LoRA's norm, relative. */
  private static double difference(Learnt a, Learnt b) {
    double most = 0;
    for (int i = 0; i < a.losses.size(); i++) {
      most = Math.max(most, Math.abs(a.losses.get(i) / b.losses.get(i) - 1));
    }
    double square = 0;
    double norm = 0;
    for (int i = 0; i < a.lora.size(); i++) {
      square += Math.pow(a.lora.get(i) - b.lora.get(i), 2);
      norm += Math.pow(a.lora.get(i), 2);
    }
    return Math.max(most, Math.sqrt(square / norm));
  }
}
