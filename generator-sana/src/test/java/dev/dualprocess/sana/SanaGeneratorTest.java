package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.Sampling.Shift;
import dev.dualprocess.flow.FlowSchedule;
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

/** What the Sana generator promises, whatever its numbers are. */
class SanaGeneratorTest extends GeneratorContract {
  @Override
  protected Generator open(Placement placement) throws IOException {
    return SanaModel.open(SanaFixtures.pipeline(), LoadOptions.at(placement));
  }

  @Override
  protected int unit(Generator opened) {
    return SanaFixtures.parts(opened).unit();
  }

  /** Both schedulers, with and without guidance. */
  @Override
  protected List<Sampling> samplings(Sampling sampling) {
    return List.of(sampling, sampling.withShift(Shift.STATIC), sampling.withGuidance(1));
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

  /** The smallest image that is wider than high. */
  private static Sampling small(Generator generator) {
    int unit = SanaFixtures.parts(generator).unit();
    return generator.defaultSampling().withSize(new ImageSize(unit, 2 * unit)).withSteps(3);
  }

  @Test
  void defaultsAreThoseOfTheModelCard() {
    Generator generator = generator();
    Sampling sampling = generator.defaultSampling();
    assertEquals(20, sampling.numInferenceSteps());
    assertEquals(4.5, sampling.guidanceScale());
    assertEquals(Shift.PUBLISHED, sampling.shift());
    int scale = SanaFixtures.parts(generator).vae().config().scaleFactor();
    int side = SanaFixtures.parts(generator).transformer().config().sampleSize() * scale;
    assertEquals(ImageSize.square(side), sampling.size());
    assertEquals(20, generator.schedule(sampling).steps());
    assertEquals(5e-6, generator.defaultLearningRate());
    ImageSize wide =
        new ImageSize(
            2 * SanaFixtures.parts(generator).unit(), 3 * SanaFixtures.parts(generator).unit());
    int channels = SanaFixtures.parts(generator).transformer().config().inChannels();
    assertArrayEquals(new long[] {channels, 2, 3}, generator.latentShape(wide));
  }

  @Test
  void trainingVisitsTheLevelsOfSamplingUnlessTheAuthorsSettingIsAskedFor() {
    Generator generator = generator();
    Sampling published = small(generator).withSteps(4);
    assertArrayEquals(
        generator.schedule(published).sigmas(), generator.trainingSchedule(published).sigmas());
    assertArrayEquals(
        generator.schedule(published).timesteps(),
        generator.trainingSchedule(published).timesteps());
    Sampling authors = published.withShift(Shift.STATIC);
    FlowSchedule sampled = generator.schedule(authors);
    FlowSchedule trained = generator.trainingSchedule(authors);
    assertArrayEquals(new float[] {1, 0.667f, 0.334f, 0.001f, 0}, sampled.sigmas(), 1e-6f);
    assertArrayEquals(new float[] {1, 0.75f, 0.5f, 0.25f, 0}, trained.sigmas());
    assertArrayEquals(new float[] {1000, 750, 500, 250}, trained.timesteps());
  }

  @Test
  void theTextIsTheSameInTrainingUnlessTheAuthorsSettingIsAskedFor() {
    Generator generator = generator();
    try (PointerScope scope = new PointerScope();
        Conditioning text = generator.condition("a cat")) {
      Sampling sampling = small(generator);
      Tensor noise = generator.noise(7, 1, sampling.size());
      assertEquals(text, text.forTraining(sampling));
      Conditioning plain = text.forTraining(sampling.withShift(Shift.STATIC));
      assertEquals("a cat", plain.text());
      Tensor instructed = generator.sample(noise, text, sampling, 1);
      Tensor alone = generator.sample(noise, plain, sampling, 1);
      assertTrue(Golden.relativeError(instructed, alone) > 1e-4, "the instruction has no effect");
      plain.close();
      Golden.assertClose("closing the view", alone, generator.sample(noise, plain, sampling, 1), 0);
    }
  }

  @Test
  void guidanceLeadsFromTheEmptyTextToTheText() {
    Generator generator = generator();
    try (PointerScope scope = new PointerScope();
        Conditioning text = generator.condition("a cat")) {
      // One Euler step is linear in the velocity, so in the guidance scale.
      Sampling sampling = small(generator).withShift(Shift.STATIC);
      Tensor noise = generator.noise(7, 1, sampling.size());
      Tensor off = generator.sample(noise, text, sampling.withGuidance(1), 1);
      Tensor two = generator.sample(noise, text, sampling.withGuidance(2), 1);
      Tensor four = generator.sample(noise, text, sampling.withGuidance(4), 1);
      Tensor wanted = off.add(Ops.mul(two.sub(off), 3));
      assertTrue(Golden.relativeError(off, two) > 1e-4, "guidance has no effect");
      Golden.assertClose("guidance 4", wanted, four, 1e-5);
      Tensor nearlyOff = generator.sample(noise, text, sampling.withGuidance(1 + 1e-9), 1);
      Golden.assertClose("guidance 1", nearlyOff, off, 1e-6);
    }
  }
}
