package dev.dualprocess.idefics2;

import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.spi.Opening;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.AnswerPrompt;
import dev.dualprocess.vqa.ChatFormat;
import dev.dualprocess.vqa.Decoding;
import dev.dualprocess.vqa.ModelFolder;
import dev.dualprocess.vqa.PromptReader;
import dev.dualprocess.vqa.PromptReader.ImageToken;
import dev.dualprocess.vqa.VisionLanguageModel;
import dev.dualprocess.vqa.VqaSettings.Resizing;
import dev.dualprocess.weights.WeightSource.Renaming;
import dev.dualprocess.weights.Weights;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Idefics2, frozen.
 *
 * <pre>
 *   tokens = connector(visionModel(pixels))
 *   x = [embedTokens(before); tokens; embedTokens(after)]
 *   logits = lmHead(norm(layers(x)))
 * </pre>
 */
final class Idefics2 implements VisionLanguageModel {
  /** Holds the place of one image token. */
  static final String IMAGE_TOKEN = "<image>";

  private final ModelFolder folder;
  private final Recomputation recomputation;
  private final Idefics2Config config;
  private final ImageProcessor processor;
  private final VisionTower visionModel;
  private final Connector connector;
  private final PromptReader<Idefics2View> reader;
  private final ChatFormat chat = ChatFormat.load(Idefics2.class, IMAGE_TOKEN);

  /** The parts that have weights. */
  private record Parts(VisionTower visionModel, Connector connector, LanguageModel textModel) {
    static Parts load(Weights weights, Idefics2Config config, Blocks blocks) {
      Weights model = weights.in("model");
      return new Parts(
          VisionTower.load(model.in("vision_model"), config.vision(), blocks),
          Connector.load(model.in("connector"), config, blocks),
          LanguageModel.load(weights, model.in("text_model"), config.text().shape(), blocks));
    }
  }

  private Idefics2(
      ModelFolder folder, Idefics2Config config, PreprocessorConfig preprocessor, Opening opening)
      throws IOException {
    this.folder = folder;
    this.recomputation = opening.recomputation();
    this.config = config;
    boolean tied = config.text().tieWordEmbeddings();
    Parts parts =
        opening
            .weights()
            .build(
                folder.path(),
                folder.placement(),
                folder.owner(),
                Renaming.each(key -> tied && key.equals(LanguageModel.HEAD_KEY) ? null : key),
                weights -> Parts.load(weights, config, recomputation.blocks()));
    this.visionModel = parts.visionModel();
    this.connector = parts.connector();
    this.reader =
        new PromptReader<>(
            parts.textModel(),
            folder.generationTokens(),
            new ImageToken(config.imageTokenId(), IMAGE_TOKEN),
            (image, view) -> this::rope);
    this.processor =
        new ImageProcessor(preprocessor, config.vision().patchSize(), folder.placement());
  }

  /** Reads a checkpoint folder. */
  static Idefics2 open(Path path, Opening opening) throws IOException {
    Idefics2Config config = Idefics2Config.read(path.resolve("config.json"));
    PreprocessorConfig preprocessor =
        PreprocessorConfig.read(path.resolve("preprocessor_config.json"));
    PreprocessorConfig.requireImageTokens(
        path.resolve("processor_config.json"), config.perceiver());
    return ModelFolder.open(
        path, opening.placement(), folder -> new Idefics2(folder, config, preprocessor, opening));
  }

  @Override
  public String name() {
    return folder.name();
  }

  @Override
  public Placement placement() {
    return folder.placement();
  }

  @Override
  public Recomputation recomputation() {
    return recomputation;
  }

  Idefics2Config config() {
    return config;
  }

  /** The language model's half. */
  PromptReader<Idefics2View> reader() {
    return reader;
  }

  @Override
  public View see(Tensor image, Resizing resizing) {
    return see(() -> pixels(image, resizing));
  }

  @Override
  public View see(BufferedImage image) {
    return see(() -> pixels(image));
  }

  /** The first step of {@link #see(Tensor, Resizing)}. */
  Tensor pixels(Tensor image, Resizing resizing) {
    return processor.pixels(image, resizing);
  }

  /** The first step of {@link #see(BufferedImage)}. */
  Tensor pixels(BufferedImage image) {
    return processor.pixels(image);
  }

  private Idefics2View see(Supplier<Tensor> pixels) {
    return new Idefics2View(
        Memory.scoped(() -> connector.forward(visionModel.forward(pixels.get()))));
  }

  @Override
  public View seeNothing() {
    return new Idefics2View(reader.noTokens());
  }

  /**
   * The format ends in a blank, which is a token of its own only while nothing follows; an answer
   * begins with a token that has the blank inside.
   */
  @Override
  public long[] promptIds(String question, View view) {
    return folder.tokenizer().encode(chat.prompt(question, view.imageTokens()).stripTrailing());
  }

  @Override
  public AnswerPrompt answerPrompt(String question, String answer, View view) {
    String prompt = chat.prompt(question, view.imageTokens());
    return AnswerPrompt.of(
        folder.tokenizer().encode(prompt), folder.tokenizer().encode(prompt + answer));
  }

  @Override
  public Tensor logits(long[] inputIds, long[] positions, View view) {
    config.text().requireWithinWindow(inputIds.length);
    return reader.logits(inputIds, positions, (Idefics2View) view);
  }

  /** The rotary embedding of the tokens from {@code first} to before {@code end}, in fp32. */
  private RotaryEmbedding rope(int first, int end) {
    TextConfig text = config.text();
    float[] frequencies =
        Ops.toFloats(RotaryEmbedding.inverseFrequencies(text.headDim(), text.ropeTheta()));
    float[] angles = new float[(end - first) * frequencies.length];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = (first + i / frequencies.length) * frequencies[i % frequencies.length];
    }
    return RotaryEmbedding.ofAngles(
        folder.placement().placeFloat32(Ops.floats(angles, end - first, frequencies.length)));
  }

  @Override
  public long[] generate(long[] inputIds, View view, Decoding decoding) {
    config.text().requireWithinWindow(inputIds.length + decoding.maxNewTokens());
    return reader.generate(inputIds, (Idefics2View) view, decoding);
  }

  @Override
  public String decode(long[] ids) {
    return folder.tokenizer().decode(ids);
  }

  @Override
  public void close() {
    processor.close();
    reader.close();
    visionModel.close();
    folder.close();
  }
}
