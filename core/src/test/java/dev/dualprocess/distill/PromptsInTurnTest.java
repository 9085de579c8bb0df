package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.Prompt;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that teach several prompts. */
class PromptsInTurnTest {
  private static final ImageSize SIZE = new ImageSize(4, 3);
  private static final int D = 36;
  private static final Prompt A = Prompt.of("a").check("0.5", "x");
  private static final Prompt B = Prompt.of("b").check("-0.25", "x");
  private static final Prompt C = Prompt.of("c").check("0.125", "x");

  private final ToyGenerator generator = new ToyGenerator(SIZE);

  @TempDir Path folder;

  @AfterEach
  void close() {
    generator.close();
  }

  private DistillSettings settings(int steps, int seeds) {
    return DistillSettings.paper(generator.defaultSampling().withSteps(1))
        .withSteps(steps)
        .withSeeds(seeds)
        .withLora(new LoraSettings(4, 8, LoraSettings.Init.GAUSSIAN))
        .withLearningRate(0.01);
  }

  private DistillationBuilder run(Prompt prompt, Tensor noise, int steps, int seeds) {
    return Distillation.of(generator, new ToyVerifier(), prompt)
        .settings(settings(steps, seeds))
        .noise(noise);
  }

  /** The loss of one noise under one prompt with an adapter that nothing was taught yet. */
  private double untaughtLoss(Prompt prompt, Tensor noise, long seed) {
    try (Distillation distillation = run(prompt, noise.narrow(0, seed, 1), 1, 1).start()) {
      double loss = distillation.step().loss();
      distillation.lora().close();
      return loss;
    }
  }

  /** At a rate of nearly 0 every step shows the prompt and the noise that it was given. */
  @Test
  void everyRoundOverTheSeedsBeginsWithTheNextPrompt() {
    try (PointerScope scope = new PointerScope()) {
      Tensor noise = Noise.randn(7, 3, D);
      DistillSettings still = settings(7, 3).withLearningRate(1e-12);
      try (Distillation distillation =
          run(A, noise, 7, 3).settings(still).also(B).also(C).start()) {
        distillation.run();
        List<Prompt> turns = List.of(A, B, C, B, C, A, C);
        for (int k = 0; k < turns.size(); k++) {
          double expected = untaughtLoss(turns.get(k), noise, k % 3);
          assertEquals(
              expected, distillation.reports().get(k).loss(), 1e-5 * expected, "step " + k);
        }
        distillation.lora().close();
      }
    }
  }

  /** One adapter learns from all: the second step starts from what the first prompt taught. */
  @Test
  void promptsTeachTheSameAdapter() {
    try (PointerScope scope = new PointerScope()) {
      Tensor noise = Noise.randn(7, 2, D);
      double second;
      try (Distillation both = run(A, noise, 2, 2).also(B).start()) {
        both.run();
        second = both.reports().get(1).loss();
        both.lora().close();
      }
      try (Distillation first = run(A, noise, 1, 2).start()) {
        first.run();
        try (Lora taught = first.lora();
            Distillation then = run(B, noise.narrow(0, 1, 1), 1, 1).initialLora(taught).start()) {
          assertEquals(then.step().loss(), second, 1e-6 * second);
          then.lora().close();
        }
      }
    }
  }

  @Test
  void aResumedRunGoesOnWithThePromptWhoseTurnItIs() throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Tensor noise = Noise.randn(7, 3, D);
      float[] straight;
      try (Distillation whole = run(A, noise, 8, 3).also(B).start()) {
        whole.run();
        straight = values(whole);
      }
      try (Distillation begun = run(A, noise, 8, 3).also(B).start()) {
        for (int k = 0; k < 5; k++) {
          begun.step();
        }
        begun.save(folder);
        begun.lora().close();
      }
      try (Distillation resumed = run(A, noise, 8, 3).also(B).start()) {
        resumed.resume(folder);
        resumed.run();
        assertArrayEquals(straight, values(resumed));
      }
      try (Distillation other = run(A, noise, 8, 3).also(C).start()) {
        assertRefused(IOException.class, () -> other.resume(folder), "'c'");
        other.lora().close();
      }
    }
  }

  private static float[] values(Distillation distillation) {
    try (Lora lora = distillation.lora()) {
      return Ops.toFloats(lora.flat());
    }
  }

  @Test
  void aPromptWithMoreChecksIsRefused() {
    DistillationBuilder run = Distillation.of(generator, new ToyVerifier(), A);
    assertRefused(
        IllegalArgumentException.class, () -> run.also(B.check("0.5", "y")), "'b' has 2 checks");
  }
}
