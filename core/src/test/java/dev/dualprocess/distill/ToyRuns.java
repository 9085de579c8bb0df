package dev.dualprocess.distill;

import dev.dualprocess.Prompt;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraSettings.Init;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.tensor.Ops;
import org.junit.jupiter.api.AfterEach;

/** Distillations of a generator of one layer by a verifier of one formula. */
abstract class ToyRuns {
  static final ImageSize SIZE = new ImageSize(4, 3);
  static final Prompt PROMPT =
      Prompt.of("a toy").check("0.5", "x").check("0.25", "y", VisualPrompt.horizon(0.5));

  final ToyGenerator generator = new ToyGenerator(SIZE);
  final ToyVerifier verifier = new ToyVerifier();

  @AfterEach
  void close() {
    generator.close();
  }

  DistillSettings settings(int steps) {
    return DistillSettings.paper(generator.defaultSampling())
        .withSteps(steps)
        .withSeeds(3)
        .withSeed(11)
        .withLora(new LoraSettings(4, 8, Init.KAIMING_UNIFORM))
        .withLearningRate(0.01);
  }

  Distillation start(Prompt prompt, DistillSettings settings) {
    return Distillation.of(generator, verifier, prompt).settings(settings).start();
  }

  /** The adapter's values; it is closed. */
  static float[] take(Distillation distillation) {
    try (Lora lora = distillation.lora()) {
      return Ops.toFloats(lora.flat());
    }
  }
}
