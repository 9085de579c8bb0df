package dev.dualprocess.plugins;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Assessment;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Sampling;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A generator that is no flow model learns like any other. */
class ToyGeneratorTest {
  private Generator generator;
  private Verifier verifier;

  @TempDir private Path folder;

  @BeforeEach
  void open() throws IOException {
    generator = Providers.generators().named("toy").open(Optional.empty(), Placement.CPU);
    verifier = Providers.verifiers().named("brightness").open(Optional.empty(), Placement.CPU);
  }

  @AfterEach
  void close() {
    generator.close();
    verifier.close();
  }

  /** What the verifier says on average to seeds that no step has seen. */
  private double probability(String text) {
    Sampling sampling = generator.defaultSampling();
    double sum = 0;
    for (int seed = 0; seed < 16; seed++) {
      long unseen = 1_000L + seed;
      try (PointerScope scope = new PointerScope();
          Conditioning conditioning = generator.condition(text)) {
        Tensor image =
            generator.generate(generator.noise(unseen, 1, sampling.size()), conditioning, sampling);
        List<Question> question = List.of(new Question("Is it bright?", "Yes"));
        Assessment said = verifier.assess(image, question, VqaSettings.DEFAULT).get(0);
        sum += said.probability();
      }
    }
    return sum / 16;
  }

  @Test
  void learnsToDrawBrightlyAndKeepsIt() throws IOException {
    Path file = folder.resolve("bright.safetensors");
    double before = probability("a sky");
    Prompt prompt = Prompt.of("a sky").check("Is it bright?", "Yes");
    try (Distillation distillation =
            Distillation.of(generator, verifier, prompt).steps(200).start();
        Lora lora = distillation.lora()) {
      distillation.run();
      assertEquals(200, distillation.reports().size());
      lora.save(file);
    }
    assertEquals(before, probability("a sky"), 0, "nothing stays attached");
    try (Lora learnt = Lora.load(file);
        Attachment attached = generator.loraTargets().attach(learnt, 1)) {
      double after = probability("a sky");
      assertTrue(before < 0.1, () -> "bright already: " + before);
      assertTrue(after > 0.8, () -> "still " + after);
    }
  }

  /** By differences: û into the image and back. */
  @Test
  void theGradientOfADraftIsThatOfItsImage() {
    Sampling sampling = generator.defaultSampling();
    try (PointerScope scope = new PointerScope();
        Conditioning text = generator.condition("a sky")) {
      Tensor z = Ops.leaf(generator.noise(3, 1, sampling.size()));
      Tensor dImage;
      try (Draft draft = generator.draft(z, 0, text, sampling)) {
        dImage = Noise.randn(4, draft.image().shape());
        draft.backward(dImage);
      }
      Tensor direction = z.grad().div(z.grad().norm());
      double h = 1e-2;
      double up = value(z.detach().add(Ops.mul(direction, h)), dImage, text, sampling);
      double down = value(z.detach().sub(Ops.mul(direction, h)), dImage, text, sampling);
      double norm = z.grad().norm().item_double();
      assertEquals(norm, (up - down) / (2 * h), 1e-2 * norm);
    }
  }

  private double value(Tensor z, Tensor dImage, Conditioning text, Sampling sampling) {
    try (Draft draft = generator.draft(z, 0, text, sampling)) {
      return draft.image().mul(dImage).sum().item_double();
    }
  }

  @Test
  void theSameSeedAndTextGiveTheSameImageAndOthersDoNot() {
    Sampling sampling = generator.defaultSampling();
    try (PointerScope scope = new PointerScope();
        Conditioning sky = generator.condition("a sky");
        Conditioning sea = generator.condition("a sea")) {
      Tensor noise = generator.noise(5, 1, sampling.size());
      float[] first = Memory.freeing(() -> Ops.toFloats(generator.generate(noise, sky, sampling)));
      assertArrayEquals(first, Ops.toFloats(generator.generate(noise, sky, sampling)));
      assertTrue(
          !generator
              .generate(noise, sky, sampling)
              .equal(generator.generate(noise, sea, sampling)));
    }
  }
}
