package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.idefics.VisionTower;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
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
      Blocks blocks = new Blocks();
      VisionTower.load(model.in("vision_model"), config.vision(), blocks).close();
      Connector.load(model.in("connector"), config, blocks);
      LanguageModel.load(weights, model.in("text_model"), config.text().shape(), blocks);
      assertEquals(Fixtures.fullsizeShapes(MODEL), weights.asked());
    }
  }
}
