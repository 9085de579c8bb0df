package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.spi.Opening;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.AnswerPrompt;
import dev.dualprocess.vqa.ChatFormat;
import dev.dualprocess.vqa.Decoding;
import dev.dualprocess.vqa.ImageSpan;
import dev.dualprocess.vqa.ModelFolder;
import dev.dualprocess.vqa.PreparedPrompt.Positions;
import dev.dualprocess.vqa.PromptReader;
import dev.dualprocess.vqa.PromptReader.ImageToken;
import dev.dualprocess.vqa.VisionLanguageModel;
import dev.dualprocess.vqa.VqaSettings.Resizing;
import dev.dualprocess.weights.WeightSource.Renaming;
import dev.dualprocess.weights.Weights;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;

/**
 * Qwen2.5-VL, frozen.
 *
 * <pre>
 *   tokens = visual(patches(image))
 *   x = [embedTokens(before); tokens; embedTokens(after)]
 *   logits = lmHead(norm(layers(x)))
 * </pre>
 */
final class Qwen25Vl implements VisionLanguageModel {
  /** Holds the place of one image token. */
  static final String IMAGE_TOKEN = "<|image_pad|>";

  private final ModelFolder folder;
  private final Recomputation recomputation;
  private final Qwen25VlConfig config;
  private final ImageProcessor processor;
  private final VisionTower visual;
  private final PromptReader<QwenView> reader;
  private final ChatFormat chat = ChatFormat.load(Qwen25Vl.class, IMAGE_TOKEN);

  /** The parts that have weights. */
  private record Parts(VisionTower visual, LanguageModel model) {
    static Parts load(Weights weights, Qwen25VlConfig config, Blocks blocks) {
      return new Parts(
          VisionTower.load(weights.in("visual"), config.vision(), blocks),
          LanguageModel.load(weights, weights.in("model"), config.text().shape(), blocks));
    }
  }

  private Qwen25Vl(
      ModelFolder folder, Qwen25VlConfig config, PreprocessorConfig preprocessor, Opening opening)
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
                Renaming.each(key -> hubKey(key, tied)),
                weights -> Parts.load(weights, config, recomputation.blocks()));
    this.visual = parts.visual();
    this.reader =
        new PromptReader<>(
            parts.model(),
            folder.generationTokens(),
            new ImageToken(config.imageTokenId(), IMAGE_TOKEN),
            this::positions);
    this.processor = new ImageProcessor(preprocessor, folder.placement());
  }

  /** Reads a checkpoint folder. */
  static Qwen25Vl open(Path path, Opening opening) throws IOException {
    Qwen25VlConfig config = Qwen25VlConfig.read(path.resolve("config.json"));
    PreprocessorConfig preprocessor =
        PreprocessorConfig.read(path.resolve("preprocessor_config.json"), config.vision());
    return ModelFolder.open(
        path, opening.placement(), folder -> new Qwen25Vl(folder, config, preprocessor, opening));
  }

  /**
   * transformers 5 has other names for the two halves in memory, and some tools store those. A head
   * that is the embedding table may be stored nevertheless, and is passed over.
   */
  private static String hubKey(String key, boolean tied) {
    if (tied && key.equals(LanguageModel.HEAD_KEY)) {
      return null;
    }
    if (key.startsWith("model.visual.")) {
      return key.substring("model.".length());
    }
    String newer = "model.language_model.";
    return key.startsWith(newer) ? "model." + key.substring(newer.length()) : key;
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

  Qwen25VlConfig config() {
    return config;
  }

  /** The language model's half. */
  PromptReader<QwenView> reader() {
    return reader;
  }

  @Override
  public View see(Tensor image, Resizing resizing) {
    return see(patches(image, resizing));
  }

  @Override
  public View see(BufferedImage image) {
    return see(patches(image));
  }

  /** The first step of {@link #see(Tensor, Resizing)}. */
  Patches patches(Tensor image, Resizing resizing) {
    return processor.patches(image, resizing);
  }

  /** The first step of {@link #see(BufferedImage)}. */
  Patches patches(BufferedImage image) {
    return processor.patches(image);
  }

  private QwenView see(Patches patches) {
    return new QwenView(visual.forward(patches.pixels(), patches.grid()), patches.grid());
  }

  @Override
  public View seeNothing() {
    return new QwenView(reader.noTokens(), Grid.NONE);
  }

  @Override
  public long[] promptIds(String question, View view) {
    return folder.tokenizer().encodePlain(chat.prompt(question, view.imageTokens()));
  }

  @Override
  public AnswerPrompt answerPrompt(String question, String answer, View view) {
    String prompt = chat.prompt(question, view.imageTokens());
    return AnswerPrompt.of(
        folder.tokenizer().encodePlain(prompt), folder.tokenizer().encodePlain(prompt + answer));
  }

  @Override
  public Tensor logits(long[] inputIds, long[] positions, View view) {
    return reader.logits(inputIds, positions, (QwenView) view);
  }

  private Positions positions(ImageSpan image, QwenView view) {
    PromptPositions where = new PromptPositions(image.start(), view.grid());
    return (first, end) -> where.rope(first, end, config.text(), folder.placement());
  }

  @Override
  public long[] generate(long[] inputIds, View view, Decoding decoding) {
    return reader.generate(inputIds, (QwenView) view, decoding);
  }

  @Override
  public String decode(long[] ids) {
    return folder.tokenizer().decode(ids);
  }

  @Override
  public void close() {
    processor.close();
    reader.close();
    visual.close();
    folder.close();
  }
}
