package dev.dualprocess.smolvlm;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.idefics.IdeficsArchitecture;
import dev.dualprocess.idefics.TextConfig;
import dev.dualprocess.idefics.VisionTower;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.vqa.ChatFormat;
import dev.dualprocess.vqa.ImageEncoder;
import dev.dualprocess.vqa.ImageSizing;
import dev.dualprocess.vqa.ImageStatistics;
import dev.dualprocess.vqa.ImageToken;
import dev.dualprocess.vqa.ProcessorFile;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What makes a vision-language model a SmolVLM.
 *
 * @param config of the layers
 * @param preprocessor of the sizes of images
 * @param imageStatistics of their pixels
 */
record SmolVlm(
    SmolVlmConfig config, PreprocessorConfig preprocessor, ImageStatistics imageStatistics)
    implements IdeficsArchitecture {
  /** Reads the files of a checkpoint folder that hold no weights. */
  static SmolVlm read(Path folder) throws IOException {
    SmolVlmConfig config = SmolVlmConfig.read(folder.resolve("config.json"));
    ConfigFile processor = ProcessorFile.read(folder);
    PreprocessorConfig sizes = PreprocessorConfig.read(processor);
    ImageStatistics statistics = ImageStatistics.read(processor, PreprocessorConfig.STATISTICS);
    SmolVlm model = new SmolVlm(config, sizes, statistics);
    model.requireWholeTokens(processor.path());
    PreprocessorConfig.requireImageTokens(
        folder.resolve("processor_config.json"), model.tileTokens());
    return model;
  }

  private void requireWholeTokens(Path processor) throws IOException {
    int patches = patchesPerSide();
    int scale = config.scaleFactor();
    if (patches < 1 || patches % scale != 0) {
      throw new IOException(
          "%s: a tile of %d pixels (max_image_size) has %d patches a side, which is no multiple of scale_factor %d of config.json"
              .formatted(processor, preprocessor.tile(), patches, scale));
    }
  }

  /** Rows, and columns, of a tile's patches; what fills none at its edges is not seen. */
  int patchesPerSide() {
    return preprocessor.tile() / config.vision().patchSize();
  }

  /** How many image tokens a tile is. */
  int tileTokens() {
    int side = patchesPerSide() / config.scaleFactor();
    return side * side;
  }

  @Override
  public TextConfig text() {
    return config.text();
  }

  @Override
  public ImageSizing imageSizing() {
    return new SmolVlmSizing(preprocessor);
  }

  @Override
  public ChatFormat chat() {
    return ChatFormat.load(
        SmolVlm.class,
        new ImageToken(config.imageTokenId(), "<image>"),
        /* specialTokens= */ false);
  }

  @Override
  public ImageEncoder imageEncoder(Weights weights, Blocks blocks) {
    Weights model = weights.in("model");
    return new SmolVlmEncoder(
        VisionTower.load(model.in("vision_model"), config.vision(), blocks),
        Connector.load(model.in("connector"), config, blocks));
  }
}
