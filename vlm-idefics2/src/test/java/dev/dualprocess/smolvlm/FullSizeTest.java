package dev.dualprocess.smolvlm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.idefics.VisionTower;
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
  @ValueSource(strings = {"smolvlm-256m", "smolvlm-500m", "smolvlm-2.2b"})
  void asksForExactlyTheTensorsOfTheCheckpoint(String model) throws IOException {
    SmolVlmConfig config = SmolVlmConfig.read(Fixtures.fullsize(model + ".config.json"));
    try (TensorOwner owner = new TensorOwner()) {
      Weights weights = Weights.meta(owner);
      Weights inner = weights.in("model");
      Blocks blocks = new Blocks();
      VisionTower.load(inner.in("vision_model"), config.vision(), blocks).close();
      Connector.load(inner.in("connector"), config, blocks);
      LanguageModel.load(weights, inner.in("text_model"), config.text().shape(), blocks);
      assertEquals(Fixtures.fullsizeShapes(model), weights.asked());
    }
  }
}
