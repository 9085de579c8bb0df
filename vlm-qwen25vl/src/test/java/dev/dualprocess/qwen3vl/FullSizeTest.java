package dev.dualprocess.qwen3vl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real models, without their weights: every tensor by name and shape. */
class FullSizeTest {
  @ParameterizedTest
  @ValueSource(strings = {"qwen3-vl-2b", "qwen3-vl-4b", "qwen3-vl-8b"})
  void asksForExactlyTheTensorsOfTheCheckpoint(String model) throws IOException {
    Qwen3VlConfig config = Qwen3VlConfig.read(Fixtures.fullsize(model + ".config.json"));
    try (TensorOwner owner = new TensorOwner()) {
      Weights weights = Weights.meta(owner);
      Weights parts = weights.in("model");
      Blocks blocks = new Blocks();
      VisionTower.load(parts.in("visual"), config.vision(), blocks).close();
      LanguageModel.load(
          weights, parts.in("language_model"), config.text().shape(false, true), blocks);
      assertEquals(Fixtures.fullsizeShapes(model), weights.asked());
    }
  }
}
