package dev.dualprocess.smolvlm;

import dev.dualprocess.idefics.VisionTower;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.Weights;
import java.io.IOException;

/** The half of a golden model that sees, in its two parts. */
record Eye(VisionTower tower, Connector connector, TensorOwner owner) implements AutoCloseable {
  static Eye open(SmolVlmFamily family) throws IOException {
    SmolVlmConfig config = family.architecture().config();
    TensorOwner owner = new TensorOwner();
    try (Checkpoint checkpoint = Checkpoint.open(family.checkpoint())) {
      Weights model = Weights.of(checkpoint, Parity.placement(), owner).in("model");
      Blocks blocks = new Blocks();
      return new Eye(
          VisionTower.load(model.in("vision_model"), config.vision(), blocks),
          Connector.load(model.in("connector"), config, blocks),
          owner);
    }
  }

  @Override
  public void close() {
    tower.close();
    owner.close();
  }
}
