package dev.dualprocess.idefics2;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.testing.VlmFamily;
import java.io.IOException;
import java.nio.file.Path;

/** Idefics2; a unit is one patch. */
final class Idefics2Family implements VlmFamily<Idefics2> {
  @Override
  public String name() {
    return "idefics2";
  }

  @Override
  public Idefics2 read(Path folder) throws IOException {
    return Idefics2.read(folder);
  }

  @Override
  public int unit() {
    return architecture().config().vision().patchSize();
  }

  @Override
  public int imageTokens(int rows, int columns) {
    return architecture().config().perceiver().resamplerNLatents();
  }

  /** Any size of at least one patch. */
  @Override
  public ImageSize taken(ImageSize size, Resizing resizing) {
    int patch = unit();
    return resizing == Resizing.PROCESSOR
        ? size
        : new ImageSize(Math.max(patch, size.height()), Math.max(patch, size.width()));
  }
}
