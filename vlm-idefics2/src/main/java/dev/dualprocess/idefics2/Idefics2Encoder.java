package dev.dualprocess.idefics2;

import dev.dualprocess.idefics.VisionTower;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.vqa.ImageEncoder;
import dev.dualprocess.vqa.SeenImage;
import org.bytedeco.pytorch.Tensor;

/** tokens = connector(visionModel(pixels)), [latents, D]. */
record Idefics2Encoder(VisionTower visionModel, Connector connector) implements ImageEncoder {
  @Override
  public SeenImage encode(Tensor pixels) {
    return SeenImage.inLine(Memory.scoped(() -> connector.forward(visionModel.forward(pixels))));
  }

  @Override
  public void close() {
    visionModel.close();
  }
}
