package dev.dualprocess.quickstart;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.image.Png;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.Models;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The lines of Java that the README shows. */
public final class QuickStart {
  private QuickStart() {}

  /**
   * Teaches the generator where the horizon belongs, and draws an image of another text with what
   * it learnt.
   */
  public static void teachHorizon(String generatorName, String verifierName, Path out)
      throws IOException {
    Prompt prompt =
        Prompt.of("a photo of a desert at noon")
            .check("Is the horizon at the red line?", "Yes", VisualPrompt.horizon(0.3));
    LoadOptions how = LoadOptions.at(Placement.automatic());
    try (ModelPair models = Models.pair(generatorName, verifierName, how, prompt);
        Distillation distillation = models.distillation(prompt).start();
        Lora lora = distillation.lora()) {
      distillation.run();
      lora.save(out.resolve("horizon.safetensors"));
      Generator generator = models.generator();
      try (Attachment learnt = generator.loraTargets().attach(lora, 1.0)) {
        var image = generator.generate("a photo of the sea", generator.defaultSampling(), 7);
        Png.write(out.resolve("sea.png"), image, Map.of());
      }
    }
  }
}
