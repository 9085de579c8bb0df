package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.Check;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.overlay.OverlayMode;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The authors' code on trained models: 100 steps, followed one by one. */
class GoldenDemoTest {
  private static final Logger LOG = LoggerFactory.getLogger(GoldenDemoTest.class);
  private static final Path GOLDEN = Fixtures.projectRoot().resolve("examples/cli/src/test/golden");

  /** Earlier models than the bundled ones. */
  private static final Path MODELS =
      Fixtures.projectRoot().resolve("examples/cli/src/test/earlier-models");

  private static final int RANK = 16;
  private static final double LEARNING_RATE = 8e-4;

  @TempDir private Path temporary;

  @Test
  void followsTheAuthorsRunOnTheTrainedModels() throws IOException {
    JsonNode run = Fixtures.json(GOLDEN.resolve("trajectory.json"));
    try (Golden golden = Golden.open(GOLDEN.resolve("trajectory.safetensors"));
        Generator generator =
            Providers.generators().open(MODELS.resolve("tiny-flux"), Placement.CPU);
        Verifier verifier =
            Providers.verifiers().open(MODELS.resolve("tiny-qwen2.5-vl"), Placement.CPU)) {
      int steps = run.path("steps").asInt();
      DistillSettings settings =
          DistillSettings.authors(generator.defaultSampling())
              .withSteps(steps)
              .withSeeds(steps)
              .withSeed(100)
              .withLora(new LoraSettings(RANK, RANK, LoraSettings.Init.GAUSSIAN))
              .withLearningRate(LEARNING_RATE);
      Lora initial =
          GoldenRuns.initialLora(golden, run.path("lora").path("scaling").asDouble(), temporary);
      Tensor noise = Memory.kept(() -> golden.tensor("train_noise"));
      try (Distillation distillation =
          Distillation.of(generator, verifier, prompt(run))
              .settings(settings)
              .noise(noise)
              .initialLora(initial)
              .start()) {
        compareImages(golden, "eval.before", generator, settings, distillation);
        double worst = 0;
        for (int k = 0; k < steps; k++) {
          double loss = distillation.step().loss();
          double expected = run.path("losses").get(k).asDouble();
          worst = Math.max(worst, Math.abs(loss - expected));
          assertEquals(expected, loss, 1e-3, "loss of step " + k);
        }
        LOG.info("parity golden demo losses: largest difference {}", worst);
        try (Attachment learnt = generator.loraTargets().attach(distillation.lora(), 1.0)) {
          compareImages(golden, "eval.after", generator, settings, distillation);
        }
        distillation.lora().close();
      }
      noise.close();
      initial.close();
    }
  }

  @Test
  void drawsTrainingNoiseAsTheAuthorsDo() throws IOException {
    try (Golden golden = Golden.open(GOLDEN.resolve("trajectory.safetensors"));
        Generator generator =
            Providers.generators().open(MODELS.resolve("tiny-flux"), Placement.CPU)) {
      var size = generator.defaultSampling().size();
      Memory.withoutGrad(
          () -> {
            assertEquals(
                0,
                Golden.largestDifference(
                    golden.tensor("train_noise"), generator.noise(100, 100, size)));
            assertEquals(
                0,
                Golden.largestDifference(
                    golden.tensor("eval_noise").narrow(0, 5, 1), generator.noise(10_005, 1, size)));
          });
    }
  }

  private static Prompt prompt(JsonNode run) throws IOException {
    return Prompt.of(run.path("prompt").asText())
        .check(
            new Check(
                new Question(run.path("question").asText(), run.path("answer").asText()),
                Optional.of(VisualPrompt.file(GOLDEN.resolve("line.png"), OverlayMode.SOLID))));
  }

  private static void compareImages(
      Golden golden,
      String name,
      Generator generator,
      DistillSettings settings,
      Distillation distillation) {
    Memory.withoutGrad(
        () -> {
          Tensor wanted = golden.tensor(name);
          for (int i = 0; i < wanted.size(0); i++) {
            Tensor image =
                generator.generate(
                    golden.tensor("eval_noise").narrow(0, i, 1),
                    distillation.conditioning(),
                    settings.sampling());
            Tensor unit = Ops.clamp(Ops.add(Ops.mul(image, 0.5), 0.5), 0, 1);
            double off = unit.sub(wanted.narrow(0, i, 1)).abs().mean().item_double();
            LOG.info("parity golden demo {} image {}: mean difference {}", name, i, off);
            assertTrue(off <= 2e-3, name + " image " + i + " is off by " + off);
          }
        });
  }
}
