package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.Longs;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The real model, without its weights: every tensor by name and shape. */
class FullSizeTest {
  private static final String MODEL = "idefics2-8b";

  @Test
  void asksForExactlyTheTensorsOfTheCheckpoint() throws IOException {
    Idefics2Config config = Idefics2Config.read(Fixtures.fullsize(MODEL + ".config.json"));
    try (TensorOwner owner = new TensorOwner()) {
      Weights weights = Weights.meta(owner);
      Weights model = weights.in("model");
      VisionTower.load(model.in("vision_model"), config.vision()).close();
      Connector.load(model.in("connector"), config);
      LanguageModel.load(weights, model.in("text_model"), config.text().shape());
      assertEquals(stored(), weights.asked());
    }
  }

  private static Map<String, List<Long>> stored() {
    Map<String, List<Long>> shapes = new TreeMap<>();
    for (Map.Entry<String, JsonNode> tensor :
        Fixtures.json(Fixtures.fullsize(MODEL + ".json")).get("tensors").properties()) {
      shapes.put(tensor.getKey(), Longs.asList(Fixtures.longs(tensor.getValue())));
    }
    return shapes;
  }
}
