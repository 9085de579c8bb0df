package dev.dualprocess.qwen25vl;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.testing.VlmFamily;
import java.io.IOException;
import java.nio.file.Path;

/** Qwen2.5-VL; a unit is one image token. */
final class QwenFamily implements VlmFamily<Qwen25Vl> {
  @Override
  public String name() {
    return "qwen";
  }

  @Override
  public Qwen25Vl read(Path folder) throws IOException {
    return Qwen25Vl.read(folder);
  }

  VisionConfig vision() {
    return architecture().config().vision();
  }

  @Override
  public int unit() {
    return vision().patchSize() * vision().spatialMergeSize();
  }

  @Override
  public int imageTokens(int rows, int columns) {
    return rows * columns;
  }

  /** The authors' way takes whole units; a few pixels more are left over. */
  @Override
  public ImageSize taken(ImageSize size, Resizing resizing) {
    return resizing == Resizing.PROCESSOR
        ? size
        : new ImageSize(taken(size.height()), taken(size.width()));
  }

  private int taken(int side) {
    int unit = unit();
    int more = side % vision().patchSize();
    return Math.max(1, side / unit) * unit + more;
  }
}
