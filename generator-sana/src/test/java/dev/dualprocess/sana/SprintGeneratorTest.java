package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.Sampling.Shift;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.GeneratorContract;
import dev.dualprocess.testing.Golden;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** What every generator promises, and what is SANA-Sprint's own. */
class SprintGeneratorTest extends GeneratorContract {
  @Override
  protected Generator open(Placement placement) throws IOException {
    return SanaModel.open(SanaFixtures.sprint(), LoadOptions.at(placement));
  }

  @Override
  protected int unit(Generator opened) {
    return SanaFixtures.parts(opened).unit();
  }

  /** With the text behind the instruction and alone. */
  @Override
  protected List<Sampling> samplings(Sampling sampling) {
    return List.of(sampling, sampling.withShift(Shift.STATIC));
  }

  @Override
  protected boolean trainsItsOwnWeights(Generator opened) {
    var transformer = SanaFixtures.parts(opened).transformer();
    return transformer
        .projOut()
        .forward(torch.zeros(1, transformer.config().innerDim()))
        .requires_grad();
  }

  @Override
  protected double halfStep() {
    return 1e-4; // small, since there are kinks on the way
  }

  private static Sampling small(Generator generator) {
    int unit = SanaFixtures.parts(generator).unit();
    return generator.defaultSampling().withSize(new ImageSize(unit, 2 * unit));
  }

  @Test
  void oneStepAtTheSizeItWasTrainedForUnlessMoreIsAskedFor() {
    Generator generator = generator();
    Sampling sampling = generator.defaultSampling();
    assertEquals(1, sampling.numInferenceSteps());
    assertEquals(4.5, sampling.guidanceScale());
    int scale = SanaFixtures.parts(generator).vae().config().scaleFactor();
    int side = SanaFixtures.parts(generator).transformer().config().sampleSize() * scale;
    assertEquals(ImageSize.square(side), sampling.size());
    assertEquals(1, generator.schedule(sampling).steps());
    assertArrayEquals(new float[] {1, 0}, generator.schedule(sampling).sigmas(), 1e-5f);
  }

  @Test
  void trainingVisitsTheLevelsOfSampling() {
    for (Shift shift : Shift.values()) {
      Sampling sampling = small(generator()).withSteps(4).withShift(shift);
      assertArrayEquals(
          generator().schedule(sampling).sigmas(), generator().trainingSchedule(sampling).sigmas());
    }
  }

  @Test
  void theTextIsTheSameInTrainingUnlessTheAuthorsSettingIsAskedFor() {
    try (PointerScope scope = new PointerScope();
        Conditioning text = generator().condition("a cat")) {
      Sampling sampling = small(generator());
      Tensor noise = generator().noise(7, 1, sampling.size());
      assertEquals(text, text.forTraining(sampling));
      Conditioning plain = text.forTraining(sampling.withShift(Shift.STATIC));
      Tensor instructed = generator().sample(noise, text, sampling, 1);
      Tensor alone = generator().sample(noise, plain, sampling, 1);
      assertTrue(Golden.relativeError(instructed, alone) > 1e-4, "the instruction has no effect");
    }
  }

  /** The scale is a number among others: 1 and less are no way to leave it out. */
  @Test
  void guidanceIsToldInTheOnePass() {
    try (PointerScope scope = new PointerScope();
        Conditioning text = generator().condition("a cat")) {
      Sampling sampling = small(generator());
      Tensor noise = generator().noise(7, 1, sampling.size());
      Tensor usual = generator().sample(noise, text, sampling, 1);
      for (double scale : new double[] {0, 0.5, 1, 20}) {
        Tensor other = generator().sample(noise, text, sampling.withGuidance(scale), 1);
        assertTrue(Golden.relativeError(usual, other) > 1e-4, "no effect: " + scale);
      }
    }
  }

  @Test
  void anImageOfTwoStepsIsAFunctionOfItsNoise() {
    try (PointerScope scope = new PointerScope();
        Conditioning text = generator().condition("a cat")) {
      Sampling sampling = small(generator()).withSteps(2);
      Tensor noise = generator().noise(7, 2, sampling.size());
      Tensor both = generator().generate(noise, text, sampling);
      Tensor second = generator().generate(noise.narrow(0, 1, 1), text, sampling);
      assertArrayEquals(
          Ops.toFloats(both.narrow(0, 1, 1)),
          Ops.toFloats(second),
          1e-5f,
          "alone or beside another");
      assertArrayEquals(
          Ops.toFloats(second),
          Ops.toFloats(generator().generate(noise.narrow(0, 1, 1), text, sampling)));
    }
  }
}
