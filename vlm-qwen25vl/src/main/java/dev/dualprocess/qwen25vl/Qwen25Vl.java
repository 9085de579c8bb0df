package dev.dualprocess.qwen25vl;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.image.Resampling.Arithmetic;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.qwen.PreprocessorConfig;
import dev.dualprocess.qwen.QwenArchitecture;
import dev.dualprocess.qwen.QwenSizing;
import dev.dualprocess.qwen.RopeParameters;
import dev.dualprocess.qwen.TextConfig;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.vqa.ImageSizing;
import dev.dualprocess.vqa.ImageStatistics;
import dev.dualprocess.vqa.ProcessorFile;
import dev.dualprocess.vqa.Rotation;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What makes a vision-language model a Qwen2.5-VL.
 *
 * @param config of the layers
 * @param preprocessor of the sizes of images
 * @param imageStatistics of their pixels
 */
record Qwen25Vl(
    Qwen25VlConfig config, PreprocessorConfig preprocessor, ImageStatistics imageStatistics)
    implements QwenArchitecture {
  /** Reads the files of a checkpoint folder that hold no weights. */
  static Qwen25Vl read(Path folder) throws IOException {
    Qwen25VlConfig config = Qwen25VlConfig.read(folder.resolve("config.json"));
    ConfigFile processor = ProcessorFile.read(folder);
    return new Qwen25Vl(
        config,
        PreprocessorConfig.read(processor, config.vision().patches()),
        ImageStatistics.read(processor, PreprocessorConfig.STATISTICS));
  }

  @Override
  public ImageSizing imageSizing() {
    return new QwenSizing(preprocessor, Arithmetic.TORCH);
  }

  @Override
  public TextConfig text() {
    return config.text();
  }

  @Override
  public long imageTokenId() {
    return config.imageTokenId();
  }

  @Override
  public Rotation rotation() {
    RopeParameters rope = text().ropeParameters();
    return new Rotation(text().headWidth(), rope.ropeTheta(), rope::axisInRuns);
  }

  /** transformers 5 has other names for the two halves in memory, and some tools store those. */
  @Override
  public String layoutKey(String stored) {
    if (stored.startsWith("model.visual.")) {
      return stored.substring("model.".length());
    }
    String newer = "model.language_model.";
    return stored.startsWith(newer) ? "model." + stored.substring(newer.length()) : stored;
  }

  @Override
  public VisionTower imageEncoder(Weights weights, Blocks blocks) {
    return VisionTower.load(weights.in("visual"), config.vision(), blocks);
  }

  @Override
  public LanguageModel languageModel(Weights weights, Blocks blocks) {
    return LanguageModel.load(
        weights,
        weights.in("model"),
        config.text().shape(/* qkvBias= */ true, /* qkNorm= */ false),
        blocks);
  }
}
