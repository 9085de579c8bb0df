package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Sampling;
import dev.dualprocess.Verifier;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.Parity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The golden optimisation of one seed's noise, step by step. In half precision Adam turns rounding
 * of small gradients into whole steps, so that only the losses are compared, on average.
 */
class LatentParityTest {
  private static final Logger LOG = LoggerFactory.getLogger(LatentParityTest.class);
  private static final double LOSS = 1e-3;
  private static final double IMAGE = Parity.output(1e-3);
  private static final double GRADIENT_NORM = Parity.gradient(1e-3);
  private static final double LATENT = Parity.gradient(5e-4);

  static List<String> runs() throws IOException {
    try (Stream<Path> files = Files.list(Fixtures.path("latent_optimisation"))) {
      List<String> runs =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".json"))
              .map(name -> "latent_optimisation/" + name.substring(0, name.length() - 5))
              .sorted()
              .toList();
      assertFalse(runs.isEmpty(), "no runs");
      return runs;
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void followsTheReference(String name) throws IOException {
    JsonNode run = Fixtures.json(name + ".json");
    Path generatorFolder = Fixtures.path(run.path("checkpoint_generator").asText());
    Path verifierFolder = Fixtures.path(run.path("checkpoint_vlm").asText());
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(name);
        Generator generator = Providers.generators().open(generatorFolder, Parity.placement());
        Verifier verifier = Providers.verifiers().open(verifierFolder, Parity.placement());
        Distillation optimisation =
            Distillation.of(generator, verifier, prompt(run))
                .settings(settings(run))
                .noise(golden.tensor("init_latents"))
                .start()) {
      double worst = 0;
      double sum = 0;
      int steps = run.path("steps").asInt();
      for (int k = 0; k < steps; k++) {
        StepReport report = optimisation.step();
        double loss = run.path("losses").get(k).asDouble();
        double norm = run.path("grad_norm_before_clip").get(k).asDouble();
        worst = Math.max(worst, Math.abs(loss - report.loss()));
        sum += Math.abs(loss - report.loss()) / loss;
        if (Parity.inFloat32()) {
          assertEquals(loss, report.loss(), Parity.loss(LOSS, loss), "loss " + k);
          assertEquals(norm, report.gradientNorm(), GRADIENT_NORM * norm, "gradient norm " + k);
        }
        String after = "after" + (k + 1) + ".latents";
        if (golden.has(after) && Parity.inFloat32()) {
          assertNear(golden.tensor(after), optimisation.latents(), after);
        }
      }
      LOG.info("parity {} losses: on average {} of them off", name, sum / steps);
      assertEquals(0, sum / steps, Parity.meanLoss(), "losses");
      LOG.info("parity {} losses: largest difference {}", name, worst);
      assumeTrue(Parity.inFloat32(), "the latents are others by now");
      assertNear(golden.tensor("final_latents"), optimisation.latents(), "final");
      Tensor image =
          Memory.noGrad(
              () ->
                  generator.generate(
                      optimisation.latents(),
                      generator.condition(prompt(run).text()),
                      settings(run).sampling()));
      golden.assertClose("final_image", Ops.clamp(Ops.add(Ops.mul(image, 0.5), 0.5), 0, 1), IMAGE);
    }
  }

  private static void assertNear(Tensor expected, Tensor actual, String what) {
    double off = Golden.largestDifference(expected, actual);
    LOG.info("parity latents {}: largest difference {}", what, off);
    assertEquals(0, off, LATENT, what);
  }

  private static Prompt prompt(JsonNode run) {
    Prompt prompt = Prompt.of(run.path("prompt").asText());
    for (JsonNode qa : run.path("qa_pairs")) {
      prompt = prompt.check(qa.path("question").asText(), qa.path("answer").asText());
    }
    return prompt;
  }

  private static DistillSettings settings(JsonNode run) {
    JsonNode how = run.path("generator_kwargs");
    Sampling sampling =
        new Sampling(
            new ImageSize(how.path("height").asInt(), how.path("width").asInt()),
            how.path("num_inference_steps").asInt(),
            how.path("guidance_scale").asDouble(),
            Sampling.Shift.STATIC);
    return DistillSettings.authors(sampling)
        .ofLatents()
        .withSteps(run.path("steps").asInt())
        .withLearningRate(run.path("lr").asDouble());
  }
}
