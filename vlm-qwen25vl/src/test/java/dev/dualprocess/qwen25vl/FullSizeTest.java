package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
      VisionTower.load(weights.in("visual"), config.vision()).close();
      LanguageModel.load(weights, weights.in("model"), config.text().shape());
      assertEquals(stored(model), weights.asked());
    }
  }

  private static Map<String, List<Long>> stored(String model) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    for (Map.Entry<String, JsonNode> tensor :
        Fixtures.json(Fixtures.fullsize(model + ".json")).get("tensors").properties()) {
      shapes.put(tensor.getKey(), QwenFixture.longs(tensor.getValue()));
    }
    return shapes;
  }
}
