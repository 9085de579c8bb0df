package dev.dualprocess.idefics2;

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
 * What makes a vision-language model an Idefics2.
 *
 * @param config of the layers
 * @param preprocessor of the sizes of images
 * @param imageStatistics of their pixels
 */
record Idefics2(
    Idefics2Config config, PreprocessorConfig preprocessor, ImageStatistics imageStatistics)
    implements IdeficsArchitecture {
  /** Reads the files of a checkpoint folder that hold no weights. */
  static Idefics2 read(Path folder) throws IOException {
    Idefics2Config config = Idefics2Config.read(folder.resolve("config.json"));
    ConfigFile processor = ProcessorFile.read(folder);
    PreprocessorConfig sizes = PreprocessorConfig.read(processor);
    ImageStatistics statistics = ImageStatistics.read(processor, PreprocessorConfig.STATISTICS);
    PreprocessorConfig.requireImageTokens(
        folder.resolve("processor_config.json"), config.perceiver());
    return new Idefics2(config, sizes, statistics);
  }

  @Override
  public ImageSizing imageSizing() {
    return new Idefics2Sizing(preprocessor, config.vision().patchSize());
  }

  @Override
  public ChatFormat chat() {
    return ChatFormat.load(
        Idefics2.class,
        new ImageToken(config.imageTokenId(), "<image>"),
        /* specialTokens= */ true);
  }

  @Override
  public TextConfig text() {
    return config.text();
  }

  @Override
  public ImageEncoder imageEncoder(Weights weights, Blocks blocks) {
    Weights model = weights.in("model");
    return new Idefics2Encoder(
        VisionTower.load(model.in("vision_model"), config.vision(), blocks),
        Connector.load(model.in("connector"), config, blocks));
  }
}
