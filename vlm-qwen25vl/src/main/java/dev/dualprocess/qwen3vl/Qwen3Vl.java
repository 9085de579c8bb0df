package dev.dualprocess.qwen3vl;

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
 * What makes a vision-language model a Qwen3-VL.
 *
 * @param config of the layers
 * @param preprocessor of the sizes of images
 * @param imageStatistics of their pixels
 */
record Qwen3Vl(
    Qwen3VlConfig config, PreprocessorConfig preprocessor, ImageStatistics imageStatistics)
    implements QwenArchitecture {
  /** Reads the files of a checkpoint folder that hold no weights. */
  static Qwen3Vl read(Path folder) throws IOException {
    Qwen3VlConfig config = Qwen3VlConfig.read(folder.resolve("config.json"));
    ConfigFile processor = ProcessorFile.read(folder);
    return new Qwen3Vl(
        config,
        PreprocessorConfig.read(processor, config.vision().patches()),
        ImageStatistics.read(processor, PreprocessorConfig.STATISTICS));
  }

  /** As Pillow resizes; torchvision differs from that by a few grey levels here and there. */
  @Override
  public ImageSizing imageSizing() {
    return new QwenSizing(preprocessor, Arithmetic.PILLOW_13);
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
    return new Rotation(text().headWidth(), rope.ropeTheta(), rope::axisInTurn);
  }

  @Override
  public VisionTower imageEncoder(Weights weights, Blocks blocks) {
    return VisionTower.load(weights.in("model").in("visual"), config.vision(), blocks);
  }

  @Override
  public LanguageModel languageModel(Weights weights, Blocks blocks) {
    Weights model = weights.in("model").in("language_model");
    return LanguageModel.load(
        weights, model, text().shape(/* qkvBias= */ false, /* qkNorm= */ true), blocks);
  }
}
