package dev.dualprocess.idefics2;

import dev.dualprocess.ImageSize;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.spi.Opening;
import dev.dualprocess.testing.VlmFamily;
import dev.dualprocess.vqa.Decoding;
import dev.dualprocess.vqa.PreparedPrompt;
import dev.dualprocess.vqa.VisionLanguageModel.View;
import dev.dualprocess.vqa.VqaSettings.Resizing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Idefics2; a unit is one patch. */
final class Idefics2Family implements VlmFamily<Idefics2> {
  @Override
  public String name() {
    return "idefics2";
  }

  @Override
  public Idefics2 open(Path folder, Opening opening) throws IOException {
    return Idefics2.open(folder, opening);
  }

  @Override
  public String imageToken() {
    return Idefics2.IMAGE_TOKEN;
  }

  @Override
  public long imageTokenId(Idefics2 model) {
    return model.config().imageTokenId();
  }

  @Override
  public int unit(Idefics2 model) {
    return model.config().vision().patchSize();
  }

  @Override
  public int imageTokens(Idefics2 model, int rows, int columns) {
    return model.config().perceiver().resamplerNLatents();
  }

  /** Any size of at least one patch. */
  @Override
  public ImageSize taken(Idefics2 model, ImageSize size, Resizing resizing) {
    int patch = unit(model);
    return resizing == Resizing.PROCESSOR
        ? size
        : new ImageSize(Math.max(patch, size.height()), Math.max(patch, size.width()));
  }

  @Override
  public long[] generate(
      Idefics2 model, long[] inputIds, View view, int maxNewTokens, Set<Long> suppressed) {
    return model
        .reader()
        .generate(inputIds, (Idefics2View) view, Decoding.greedy(maxNewTokens), suppressed);
  }

  @Override
  public LanguageModel languageModel(Idefics2 model) {
    return model.reader().model();
  }

  @Override
  public PreparedPrompt prepared(Idefics2 model, long[] inputIds, View view) {
    return model.reader().prepared(inputIds, (Idefics2View) view);
  }
}
