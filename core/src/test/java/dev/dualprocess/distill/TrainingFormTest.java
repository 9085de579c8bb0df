package dev.dualprocess.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A generator that is trained on other words, and at other noise levels, than it draws with. */
class TrainingFormTest {
  private static final ImageSize SIZE = new ImageSize(4, 3);

  /** A toy that remembers which texts it was given. */
  private static final class Choosy implements Generator {
    private final ToyGenerator toy = new ToyGenerator(SIZE);
    final List<String> sampled = new ArrayList<>();
    final List<String> drafted = new ArrayList<>();

    /** A text that says so in training. */
    private record Words(String text) implements Conditioning {
      @Override
      public Conditioning forTraining(Sampling sampling) {
        return new Words(text + " in training");
      }

      @Override
      public void close() {}
    }

    @Override
    public Conditioning condition(String text) {
      return new Words(text);
    }

    @Override
    public FlowSchedule trainingSchedule(Sampling sampling) {
      float[] sigmas = new float[sampling.numInferenceSteps() + 1];
      sigmas[0] = 0.125f;
      return new FlowSchedule(sigmas, 1000);
    }

    @Override
    public double defaultLearningRate() {
      return 0.25;
    }

    @Override
    public Tensor sample(Tensor z, Conditioning conditioning, Sampling sampling, int stopBefore) {
      sampled.add(conditioning.text());
      return toy.sample(z, conditioning, sampling, stopBefore);
    }

    @Override
    public Draft draft(Tensor zt, int step, Conditioning conditioning, Sampling sampling) {
      drafted.add(conditioning.text());
      return toy.draft(zt, step, conditioning, sampling);
    }

    @Override
    public String name() {
      return toy.name();
    }

    @Override
    public Sampling defaultSampling() {
      return toy.defaultSampling();
    }

    @Override
    public long[] latentShape(ImageSize size) {
      return toy.latentShape(size);
    }

    @Override
    public FlowSchedule schedule(Sampling sampling) {
      return toy.schedule(sampling);
    }

    @Override
    public Tensor decode(Tensor latents, ImageSize size) {
      return toy.decode(latents, size);
    }

    @Override
    public LoraTargets loraTargets() {
      return toy.loraTargets();
    }

    @Override
    public void close() {
      toy.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void trainingUsesItsOwnFormOfTheTextAndItsOwnLevels(TrainingScheme scheme) {
    try (Choosy generator = new Choosy();
        ToyVerifier verifier = new ToyVerifier();
        Distillation distillation =
            Distillation.of(generator, verifier, Prompt.of("a toy").check("0.5", "x"))
                .settings(
                    DistillSettings.paper(generator.defaultSampling())
                        .withSteps(1)
                        .withSeeds(1)
                        .withScheme(scheme))
                .sampledSteps(List.of(0))
                .start()) {
      StepReport report = distillation.step();
      assertEquals(List.of("a toy in training"), generator.sampled);
      assertEquals(List.of("a toy in training"), generator.drafted);
      assertEquals(0.125, report.sigma());
      assertEquals("a toy", distillation.conditioning().text());
      distillation.lora().close();
    }
  }

  /** The first step of Adam is as large as the learning rate. */
  @Test
  void theLearningRateIsTheGeneratorsWhereNobodySaysOtherwise() {
    try (Choosy generator = new Choosy();
        ToyVerifier verifier = new ToyVerifier();
        Distillation distillation =
            Distillation.of(generator, verifier, Prompt.of("a toy").check("0.5", "x")).start()) {
      distillation.step();
      Lora lora = distillation.lora();
      assertEquals(0.25, lora.b(ToyGenerator.LAYER).abs().max().item_double(), 1e-4);
      lora.close();
    }
  }
}
