package dev.dualprocess.qwen25vl;

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
  @ValueSource(strings = {"qwen2.5-vl-3b", "qwen2.5-vl-7b"})
  void asksForExactlyTheTensorsOfTheCheckpoint(String model) throws IOException {
    Qwen25VlConfig config = Qwen25VlConfig.read(Fixtures.fullsize(model + ".config.json"));
    try (TensorOwner owner = new TensorOwner()) {
      Weights weights = Weights.meta(owner);
      Blocks blocks = new Blocks();
      VisionTower.load(weights.in("visual"), config.vision(), blocks).close();
      LanguageModel.load(weights, weights.in("model"), config.text().shape(true, false), blocks);
      assertEquals(Fixtures.fullsizeShapes(model), weights.asked());
    }
  }
}
