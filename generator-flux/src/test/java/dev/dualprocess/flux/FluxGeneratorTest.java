package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.ImageSize;
import dev.dualprocess.Sampling;
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
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a generator promises, whatever its numbers are. */
class FluxGeneratorTest {
  private static final LoraSettings LORA =
      new LoraSettings(4, 8, LoraSettings.Init.KAIMING_UNIFORM);

  @BeforeAll
  static void oneThread() {
    Torch.setThreads(1); // many small steps: threads cost more than they give
  }

  static List<String> variants() {
    return FluxFixtures.variants();
  }

  private static FluxGenerator open(String variant) throws IOException {
    return FluxFixtures.generator(FluxFixtures.pipeline(variant));
  }

  /** The smallest image that is wider than high. */
  private static Sampling small(FluxGenerator generator) {
    int unit = 2 * generator.parts().vae().config().scaleFactor();
    return generator.defaultSampling().withSize(new ImageSize(unit, 2 * unit)).withSteps(3);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void defaultsAreThoseOfTheModelCard(String variant) throws IOException {
    try (FluxGenerator generator = open(variant)) {
      Sampling sampling = generator.defaultSampling();
      boolean dev = generator.parts().transformer().config().guidanceEmbeds();
      assertEquals(dev ? 28 : 1, sampling.numInferenceSteps());
      assertEquals(dev ? 3.5 : 0, sampling.guidanceScale());
      int side = Math.min(512, generator.parts().vae().config().sampleSide(512));
      assertEquals(ImageSize.square(side), sampling.size());
      assertEquals(sampling.numInferenceSteps(), generator.schedule(sampling).steps());
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void gradientsOfADraftAreThoseOfItsImage(String variant) throws IOException {
    try (PointerScope scope = new PointerScope();
        FluxGenerator generator = open(variant);
        Conditioning text = generator.condition("a cat")) {
      Sampling sampling = small(generator);
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
      double h = 1e-3;
      double slope =
          (value(generator, text, sampling, zt, direction, h, r)
                  - value(generator, text, sampling, zt, direction, -h, r))
              / (2 * h);
      double predicted = zt.grad().mul(direction).sum().item_double();
      assertEquals(slope, predicted, 0.02 * Math.abs(slope));
    }
  }

  private static double value(
      FluxGenerator generator,
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

  @ParameterizedTest
  @MethodSource("variants")
  void aDraftTrainsTheLoraAndNothingElse(String variant) throws IOException {
    try (PointerScope scope = new PointerScope();
        FluxGenerator generator = open(variant);
        Conditioning text = generator.condition("a cat");
        LoraWeights lora = generator.loraTargets().create(LORA, 3)) {
      Sampling sampling = small(generator);
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

  @ParameterizedTest
  @MethodSource("variants")
  void aDraftAtTheLastStepIsWhatSamplingEndsWith(String variant) throws IOException {
    try (PointerScope scope = new PointerScope();
        FluxGenerator generator = open(variant);
        Conditioning text = generator.condition("a cat")) {
      Sampling sampling = small(generator);
      int last = sampling.numInferenceSteps() - 1;
      Tensor noise = generator.noise(7, 1, sampling.size());
      Tensor zt = generator.sample(noise, text, sampling, last);
      try (Draft draft = generator.draft(zt, last, text, sampling)) {
        Tensor image = generator.generate(noise, text, sampling);
        Golden.assertClose(variant + " last draft", image, draft.image(), 1e-5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void aBatchIsItsImages(String variant) throws IOException {
    try (PointerScope scope = new PointerScope();
        FluxGenerator generator = open(variant);
        Conditioning text = generator.condition("a cat")) {
      Sampling sampling = small(generator);
      Tensor noise = generator.noise(7, 3, sampling.size());
      Tensor images = generator.generate(noise, text, sampling);
      for (int i = 0; i < 3; i++) {
        Tensor image = generator.generate(noise.narrow(0, i, 1), text, sampling);
        Golden.assertClose(variant + " image " + i, image, images.narrow(0, i, 1), 1e-5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void halfPrecisionDrawsNearlyTheSame(String variant) throws IOException {
    Placement bf16 = new Placement("cpu", Dtype.BFLOAT16);
    try (PointerScope scope = new PointerScope();
        FluxGenerator exact = open(variant);
        FluxGenerator coarse = FluxGenerator.open(FluxFixtures.pipeline(variant), bf16, bf16)) {
      Sampling sampling = small(exact).withSteps(1);
      Tensor noise = exact.noise(7, 1, sampling.size());
      try (Conditioning text = exact.condition("a cat");
          Conditioning coarseText = coarse.condition("a cat");
          LoraWeights lora = coarse.loraTargets().create(LORA, 3)) {
        Tensor image = exact.generate(noise, text, sampling);
        Tensor near = coarse.generate(noise, coarseText, sampling);
        assertEquals(Dtype.FLOAT32, Dtype.of(near));
        Golden.assertClose(variant + " bf16", image, near, 0.1);
        lora.flatGradient();
        try (LoraTargets.Attachment attached = coarse.loraTargets().attach(lora, 1);
            Draft draft = coarse.draft(noise, 0, coarseText, sampling)) {
          Golden.assertClose(variant + " bf16 draft", near, draft.image(), 0.02);
          draft.backward(Noise.randn(8, draft.image().shape()));
        }
        assertTrue(lora.flatGradient().norm().item_double() > 0);
      }
    }
  }

  @Test
  void wrongRequestsAreRefused() throws IOException {
    try (PointerScope scope = new PointerScope();
        FluxGenerator generator = open(variants().get(0));
        Conditioning text = generator.condition("a cat")) {
      int unit = 2 * generator.parts().vae().config().scaleFactor();
      Sampling sampling = small(generator);
      IllegalArgumentException size =
          assertThrows(
              IllegalArgumentException.class,
              () -> generator.latentShape(new ImageSize(4 * unit, 4 * unit + 1)));
      assertTrue(size.getMessage().contains("multiples of " + unit), size.getMessage());

      long[] shape = generator.latentShape(sampling.size());
      Tensor noise = generator.noise(7, 1, sampling.size());
      assertArrayEquals(new long[] {1, shape[0], shape[1]}, noise.shape());
      Tensor wrong = noise.narrow(1, 0, shape[0] - 1);
      IllegalArgumentException latents =
          assertThrows(
              IllegalArgumentException.class, () -> generator.draft(wrong, 0, text, sampling));
      assertTrue(latents.getMessage().startsWith("latents of shape [1, "), latents.getMessage());
      assertThrows(IllegalArgumentException.class, () -> generator.decode(wrong, sampling.size()));
      assertThrows(
          IllegalArgumentException.class, () -> generator.sample(noise, text, sampling, 4));
      assertThrows(IllegalArgumentException.class, () -> generator.draft(noise, 3, text, sampling));
      try (Draft draft = generator.draft(noise, 0, text, sampling)) {
        Tensor dImage = Noise.randn(8, draft.image().shape());
        IllegalStateException nothing =
            assertThrows(IllegalStateException.class, () -> draft.backward(dImage));
        assertTrue(nothing.getMessage().startsWith("nothing to train"), nothing.getMessage());
      }
      text.close();
      assertThrows(IllegalStateException.class, () -> generator.sample(noise, text, sampling, 1));
    }
  }

  @Test
  void aStepLeavesNothingBehind() throws IOException {
    try (FluxGenerator generator = open(variants().get(0));
        LoraWeights lora = generator.loraTargets().create(LORA, 3)) {
      lora.flatGradient();
      try (LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1)) {
        FlatMemory.assertFlat(() -> steps(generator, 20));
      }
    }
  }

  private static void steps(FluxGenerator generator, int n) {
    Sampling sampling = small(generator);
    for (int i = 0; i < n; i++) {
      try (PointerScope scope = new PointerScope();
          Conditioning text = generator.condition("a cat")) {
        Tensor noise = generator.noise(i, 1, sampling.size());
        Tensor zt = generator.sample(noise, text, sampling, 1);
        try (Draft draft = generator.draft(zt, 1, text, sampling)) {
          draft.backward(draft.image());
        }
      }
    }
  }
}
