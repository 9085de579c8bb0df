package dev.dualprocess.qwen25vl;

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

/** Qwen2.5-VL; a unit is one image token. */
final class QwenFamily implements VlmFamily<Qwen25Vl> {
  @Override
  public String name() {
    return "qwen";
  }

  @Override
  public Qwen25Vl open(Path folder, Opening opening) throws IOException {
    return Qwen25Vl.open(folder, opening);
  }

  @Override
  public String imageToken() {
    return Qwen25Vl.IMAGE_TOKEN;
  }

  @Override
  public long imageTokenId(Qwen25Vl model) {
    return model.config().imageTokenId();
  }

  @Override
  public int unit(Qwen25Vl model) {
    VisionConfig vision = model.config().vision();
    return vision.patchSize() * vision.spatialMergeSize();
  }

  @Override
  public int imageTokens(Qwen25Vl model, int rows, int columns) {
    return rows * columns;
  }

  /** The authors' way takes whole units; a few pixels more are left over. */
  @Override
  public ImageSize taken(Qwen25Vl model, ImageSize size, Resizing resizing) {
    return resizing == Resizing.PROCESSOR
        ? size
        : new ImageSize(taken(model, size.height()), taken(model, size.width()));
  }

  private int taken(Qwen25Vl model, int side) {
    int unit = unit(model);
    int more = side % model.config().vision().patchSize();
    return Math.max(1, side / unit) * unit + more;
  }

  @Override
  public long[] generate(
      Qwen25Vl model, long[] inputIds, View view, int maxNewTokens, Set<Long> suppressed) {
    return model
        .reader()
        .generate(inputIds, (QwenView) view, Decoding.greedy(maxNewTokens), suppressed);
  }

  @Override
  public LanguageModel languageModel(Qwen25Vl model) {
    return model.reader().model();
  }

  @Override
  public PreparedPrompt prepared(Qwen25Vl model, long[] inputIds, View view) {
    return model.reader().prepared(inputIds, (QwenView) view);
  }
}
