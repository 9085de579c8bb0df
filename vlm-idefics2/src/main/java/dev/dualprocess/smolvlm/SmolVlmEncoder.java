package dev.dualprocess.smolvlm;

import dev.dualprocess.idefics.VisionTower;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.vqa.ImageEncoder;
import dev.dualprocess.vqa.SeenImage;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** tokens = connector(visionModel(tile)) of each tile, one after the other. */
record SmolVlmEncoder(VisionTower visionModel, Connector connector) implements ImageEncoder {
  @Override
  public SeenImage encode(Tensor pixels) {
    Tensor tokens = tile(pixels);
    return new SeenImage(tokens, new Tiles(0, 0, Math.toIntExact(tokens.size(0))));
  }

  private Tensor tile(Tensor pixels) {
    return Memory.scoped(() -> connector.forward(visionModel.forward(pixels)));
  }

  @Override
  public SeenImage encode(Tensor whole, Tensor enlarged) {
    long side = whole.size(2);
    int rows = Math.toIntExact(enlarged.size(2) / side);
    int columns = Math.toIntExact(enlarged.size(3) / side);
    List<Tensor> tiles = new ArrayList<>();
    for (int i = 0; i < rows * columns; i++) {
      Tensor row = enlarged.narrow(2, i / columns * side, side);
      tiles.add(tile(row.narrow(3, i % columns * side, side)));
    }
    tiles.add(tile(whole));
    Tensor tokens = Ops.cat(0, tiles.toArray(Tensor[]::new));
    return new SeenImage(
        tokens, new Tiles(rows, columns, Math.toIntExact(tokens.size(0)) / tiles.size()));
  }

  @Override
  public void close() {
    visionModel.close();
  }
}
