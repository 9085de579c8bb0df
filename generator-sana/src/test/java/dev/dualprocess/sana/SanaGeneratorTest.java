package dev.dualprocess.sana;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.ImageSize;
import dev.dualprocess.Sampling;
import dev.dualprocess.Sampling.Shift;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.lora.LoraWeights;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;
import dev.dualprocess.testing.FlatMemory;
import dev.dualprocess.testing.Golden;
import java.io.IOException;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a generator promises, whatever its numbers are. */
class SanaGeneratorTest {
  private static final LoraSettings LORA =
      new LoraSettings(4, 8, LoraSettings.Init.KAIMING_UNIFORM);

  @BeforeAll
  static void oneThread() {
    Torch.setThreads(1); // many small steps: threads cost more than they give
  }

  private static SanaGenerator open() throws IOException {
    return SanaFixtures.generator(SanaFixtures.pipeline());
  }

  /** The smallest image that is wider than high. */
  private static Sampling small(SanaGenerator generator) {
    int unit = generator.parts().unit();
    return generator.defaultSampling().withSize(new ImageSize(unit, 2 * unit)).withSteps(3);
  }

  @Test
  void defaultsAreThoseOfTheModelCard() throws IOException {
    try (SanaGenerator generator = open()) {
      Sampling sampling = generator.defaultSampling();
      assertEquals(20, sampling.numInferenceSteps());
      assertEquals(4.5, sampling.guidanceScale());
      assertEquals(Shift.PUBLISHED, sampling.shift());
      int scale = generator.parts().vae().config().scaleFactor();
      int side = generator.parts().transformer().config().sampleSize() * scale;
      assertEquals(ImageSize.square(side), sampling.size());
      assertEquals(20, generator.schedule(sampling).steps());
      assertEquals(5e-6, generator.defaultLearningRate());
      ImageSize wide = new ImageSize(2 * generator.parts().unit(), 3 * generator.parts().unit());
      int channels = generator.parts().transformer().config().inChannels();
      assertArrayEquals(new long[] {channels, 2, 3}, generator.latentShape(wide));
    }
  }

  @Test
  void trainingVisitsTheLevelsOfSamplingUnlessTheAuthorsSettingIsAskedFor() throws IOException {
    try (SanaGenerator generator = open()) {
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
  }

  @Test
  void theTextIsTheSameInTrainingUnlessTheAuthorsSettingIsAskedFor() throws IOException {
    try (PointerScope scope = new PointerScope();
        SanaGenerator generator = open();
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
  void guidanceLeadsFromTheEmptyTextToTheText() throws IOException {
    try (PointerScope scope = new PointerScope();
        SanaGenerator generator = open();
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

  @ParameterizedTest
  @EnumSource
  void gradientsOfADraftAreThoseOfItsImage(Shift shift) throws IOException {
    try (PointerScope scope = new PointerScope();
        SanaGenerator generator = open();
        Conditioning text = generator.condition("a cat")) {
      Sampling sampling = small(generator).withShift(shift);
      Tensor noise = generator.noise(7, 1, sampling.size());
      Tensor zt = Ops.leaf(generator.sample(noise, text, sampling, 1));
      Tensor r;
      try (Draft draft = generator.draft(zt, 1, text, sampling)) {
        assertFalse(draft.image().requires_grad());
        r = Noise.randn(8, draft.image().shape());
        draft.backward(r);
        assertThrows(IllegalStateException.class, () -> draft.backward(r));
      }
      Tensor direction = Noise.randn(9, zt.shape());
      double h = 1e-4; // small, since there are kinks on the way
      double slope =
          (value(generator, text, sampling, zt, direction, h, r)
                  - value(generator, text, sampling, zt, direction, -h, r))
              / (2 * h);
      double predicted = zt.grad().mul(direction).sum().item_double();
      assertEquals(slope, predicted, 0.02 * Math.abs(slope));
    }
  }

  private static double value(
      SanaGenerator generator,
      Conditioning text,
      Sampling sampling,
      Tensor zt,
      Tensor direction,
      double h,
      Tensor r) {
    Tensor moved = zt.detach().add(Ops.mul(direction, h));
    try (Draft draft = generator.draft(moved, 1, text, sampling)) {
      return draft.image().to(torch.ScalarType.Double).mul(r).sum().item_double();
    }
  }

  /** The way through convolutions and attention into the adapter, along its own gradient. */
  @Test
  void gradientsOfTheLoraAreThoseOfTheImage() throws IOException {
    try (PointerScope scope = new PointerScope();
        SanaGenerator generator = open();
        Conditioning text = generator.condition("a cat");
        LoraWeights lora = generator.loraTargets().create(LORA, 3)) {
      Sampling sampling = small(generator);
      Tensor noise = generator.noise(7, 1, sampling.size());
      Tensor gradient = lora.flatGradient();
      try (LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1)) {
        Tensor r;
        try (Draft draft = generator.draft(noise, 0, text, sampling)) {
          r = Noise.randn(8, draft.image().shape());
          draft.backward(r);
        }
        Tensor direction = gradient.div(gradient.norm());
        double h = 1e-4;
        double up = moved(generator, text, sampling, lora, Ops.mul(direction, h), noise, r);
        double down = moved(generator, text, sampling, lora, Ops.mul(direction, -h), noise, r);
        double slope = (up - down) / (2 * h);
        assertEquals(slope, gradient.norm().item_double(), 0.02 * Math.abs(slope));
      }
    }
  }

  private static double moved(
      SanaGenerator generator,
      Conditioning text,
      Sampling sampling,
      LoraWeights lora,
      Tensor change,
      Tensor noise,
      Tensor r) {
    lora.flat().add_(change);
    try {
      return value(generator, text, sampling, 0, noise, r);
    } finally {
      lora.flat().sub_(change);
    }
  }

  private static double value(
      SanaGenerator generator,
      Conditioning text,
      Sampling sampling,
      int step,
      Tensor zt,
      Tensor r) {
    try (Draft draft = generator.draft(zt, step, text, sampling)) {
      return draft.image().to(torch.ScalarType.Double).mul(r).sum().item_double();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 4.5})
  void aDraftTrainsTheLoraAndNothingElse(double guidance) throws IOException {
    try (PointerScope scope = new PointerScope();
        SanaGenerator generator = open();
        Conditioning text = generator.condition("a cat");
        LoraWeights lora = generator.loraTargets().create(LORA, 3)) {
      Sampling sampling = small(generator).withGuidance(guidance);
      Tensor noise = generator.noise(7, 1, sampling.size());
      Tensor gradient = lora.flatGradient();
      Tensor before = generator.generate(noise, text, sampling);
      try (LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1)) {
        Golden.assertClose("a new LoRA", before, generator.generate(noise, text, sampling), 1e-6);
        try (Draft draft = generator.draft(noise, 0, text, sampling)) {
          draft.backward(Noise.randn(8, draft.image().shape()));
        }
      }
      for (String path : generator.loraTargets().trained()) {
        assertTrue(lora.b(path).grad().norm().item_double() > 0, path);
      }
      assertTrue(gradient.norm().item_double() > 0);
      assertFalse(
          generator
              .parts()
              .transformer()
              .projOut()
              .forward(torch.zeros(1, generator.parts().transformer().config().innerDim()))
              .requires_grad());
    }
  }

  @Test
  void aDraftAtTheLastStepIsWhatSamplingEndsWith() throws IOException {
    try (PointerScope scope = new PointerScope();
        SanaGenerator generator = open();
        Conditioning text = generator.condition("a cat")) {
      Sampling sampling = small(generator);
      int last = sampling.numInferenceSteps() - 1;
      Tensor noise = generator.noise(7, 1, sampling.size());
      Tensor zt = generator.sample(noise, text, sampling, last);
      try (Draft draft = generator.draft(zt, last, text, sampling)) {
        Tensor image = generator.generate(noise, text, sampling);
        Golden.assertClose("last draft", image, draft.image(), 1e-5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 4.5})
  void aBatchIsItsImages(double guidance) throws IOException {
    try (PointerScope scope = new PointerScope();
        SanaGenerator generator = open();
        Conditioning text = generator.condition("a cat")) {
      Sampling sampling = small(generator).withGuidance(guidance);
      Tensor noise = generator.noise(7, 3, sampling.size());
      Tensor images = generator.generate(noise, text, sampling);
      for (int i = 0; i < 3; i++) {
        Tensor image = generator.generate(noise.narrow(0, i, 1), text, sampling);
        Golden.assertClose("image " + i, image, images.narrow(0, i, 1), 1e-5);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16"})
  void halfPrecisionDrawsNearlyTheSame(Dtype dtype) throws IOException {
    Placement half = new Placement("cpu", dtype);
    try (PointerScope scope = new PointerScope();
        SanaGenerator exact = open();
        SanaGenerator coarse = SanaGenerator.open(SanaFixtures.pipeline(), half, half)) {
      Sampling sampling = small(exact).withSteps(1);
      Tensor noise = exact.noise(7, 1, sampling.size());
      try (Conditioning text = exact.condition("a cat");
          Conditioning coarseText = coarse.condition("a cat");
          LoraWeights lora = coarse.loraTargets().create(LORA, 3)) {
        Tensor image = exact.generate(noise, text, sampling);
        Tensor near = coarse.generate(noise, coarseText, sampling);
        assertEquals(Dtype.FLOAT32, Dtype.of(near));
        Golden.assertClose(dtype.shortName(), image, near, 0.1);
        lora.flatGradient();
        try (LoraTargets.Attachment attached = coarse.loraTargets().attach(lora, 1);
            Draft draft = coarse.draft(noise, 0, coarseText, sampling)) {
          Golden.assertClose(dtype.shortName() + " draft", near, draft.image(), 0.02);
          draft.backward(Noise.randn(8, draft.image().shape()));
        }
        assertTrue(lora.flatGradient().norm().item_double() > 0);
      }
    }
  }

  @Test
  void wrongRequestsAreRefused() throws IOException {
    try (PointerScope scope = new PointerScope();
        SanaGenerator generator = open();
        Conditioning text = generator.condition("a cat")) {
      int unit = generator.parts().unit();
      Sampling sampling = small(generator);
      assertRefused(
          IllegalArgumentException.class,
          () -> generator.latentShape(new ImageSize(4 * unit, 4 * unit + 1)),
          "multiples of " + unit);
      Tensor noise = generator.noise(7, 1, sampling.size());
      assertArrayEquals(generator.noise(7, 2, sampling.size()).shape(), shape(generator, sampling));
      Tensor wrong = noise.narrow(3, 0, 1);
      assertRefused(
          IllegalArgumentException.class,
          () -> generator.draft(wrong, 0, text, sampling),
          "latents of shape [1, ");
      assertThrows(IllegalArgumentException.class, () -> generator.decode(wrong, sampling.size()));
      assertThrows(
          IllegalArgumentException.class, () -> generator.sample(noise, text, sampling, 4));
      assertThrows(IllegalArgumentException.class, () -> generator.draft(noise, 3, text, sampling));
      try (Draft draft = generator.draft(noise, 0, text, sampling)) {
        Tensor dImage = Noise.randn(8, draft.image().shape());
        assertRefused(
            IllegalStateException.class, () -> draft.backward(dImage), "nothing to train");
      }
      assertRefused(
          IllegalArgumentException.class,
          () -> generator.sample(noise, new ForeignText(), sampling, 1),
          "'a dog'",
          "another kind of generator");
      text.close();
      assertThrows(IllegalStateException.class, () -> generator.sample(noise, text, sampling, 1));
    }
  }

  private static long[] shape(SanaGenerator generator, Sampling sampling) {
    long[] one = generator.latentShape(sampling.size());
    return new long[] {2, one[0], one[1], one[2]};
  }

  /** Another generator's. */
  private record ForeignText() implements Conditioning {
    @Override
    public String text() {
      return "a dog";
    }

    @Override
    public void close() {}
  }

  @Test
  void aStepLeavesNothingBehind() throws IOException {
    try (SanaGenerator generator = open();
        LoraWeights lora = generator.loraTargets().create(LORA, 3)) {
      lora.flatGradient();
      try (LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1)) {
        FlatMemory.assertFlat(() -> steps(generator, 10));
      }
    }
  }

  private static void steps(SanaGenerator generator, int n) {
    for (int i = 0; i < n; i++) {
      Sampling sampling = small(generator).withShift(i % 2 == 0 ? Shift.PUBLISHED : Shift.STATIC);
      try (PointerScope scope = new PointerScope();
          Conditioning text = generator.condition("a cat")) {
        Conditioning taught = text.forTraining(sampling);
        Tensor noise = generator.noise(i, 1, sampling.size());
        Tensor zt = generator.sample(noise, taught, sampling, 2);
        try (Draft draft = generator.draft(zt, 2, taught, sampling)) {
          draft.backward(draft.image());
        }
      }
    }
  }
}
