package dev.dualprocess.qwen25vl;

import com.google.common.primitives.ImmutableLongArray;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.spi.ModelName;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.text.Tokenizer;
import dev.dualprocess.vqa.AnswerPrompt;
import dev.dualprocess.vqa.ChatFormat;
import dev.dualprocess.vqa.GenerationTokens;
import dev.dualprocess.vqa.GreedySearch;
import dev.dualprocess.vqa.ImageSpan;
import dev.dualprocess.vqa.PreparedPrompt;
import dev.dualprocess.vqa.PromptCache;
import dev.dualprocess.vqa.VisionLanguageModel;
import dev.dualprocess.vqa.VqaSettings.Resizing;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.Weights;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
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

  private final String name;
  private final Qwen25VlConfig config;
  private final Placement placement;
  private final TensorOwner owner;
  private final ImageProcessor processor;
  private final Tokenizer tokenizer;
  private final GenerationTokens generationTokens;
  private final VisionTower visual;
  private final LanguageModel model;
  private final PromptCache<PromptKey> prompts = new PromptCache<>();
  private final ChatFormat chat = ChatFormat.load(Qwen25Vl.class, IMAGE_TOKEN);

  /** What a prepared prompt depends on. */
  private record PromptKey(ImmutableLongArray inputIds, Grid grid) {}

  private Qwen25Vl(
      Path folder,
      Qwen25VlConfig config,
      PreprocessorConfig preprocessor,
      Placement placement,
      TensorOwner owner,
      Tokenizer tokenizer)
      throws IOException {
    this.name = ModelName.of(folder);
    this.config = config;
    this.placement = placement;
    this.owner = owner;
    this.tokenizer = tokenizer;
    this.generationTokens = GenerationTokens.read(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      Weights weights = Weights.of(checkpoint, placement, owner, Qwen25Vl::hubKey);
      this.visual = VisionTower.load(weights.in("visual"), config.vision());
      this.model = LanguageModel.load(weights, weights.in("model"), config.text().shape());
      weights.requireComplete(
          config.text().tieWordEmbeddings() ? Set.of(LanguageModel.HEAD_KEY) : Set.of());
    }
    this.processor = new ImageProcessor(preprocessor, placement);
  }

  /** Reads a checkpoint folder. */
  static Qwen25Vl open(Path folder, Placement placement) throws IOException {
    Qwen25VlConfig config = Qwen25VlConfig.read(folder.resolve("config.json"));
    PreprocessorConfig preprocessor =
        PreprocessorConfig.read(folder.resolve("preprocessor_config.json"), config.vision());
    TensorOwner owner = new TensorOwner();
    Tokenizer tokenizer = Tokenizer.open(folder);
    try {
      return new Qwen25Vl(folder, config, preprocessor, placement, owner, tokenizer);
    } catch (IOException | RuntimeException e) {
      tokenizer.close();
      owner.close();
      throw e;
    }
  }

  /** transformers 5 has other names for the two halves in memory, and some tools store those. */
  private static String hubKey(String key) {
    if (key.startsWith("model.visual.")) {
      return key.substring("model.".length());
    }
    String newer = "model.language_model.";
    return key.startsWith(newer) ? "model." + key.substring(newer.length()) : key;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Placement placement() {
    return placement;
  }

  Qwen25VlConfig config() {
    return config;
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
  public long[] promptIds(String question, View view) {
    return tokenizer.encodePlain(chat.prompt(question, view.imageTokens()));
  }

  @Override
  public AnswerPrompt answerPrompt(String question, String answer, View view) {
    String prompt = chat.prompt(question, view.imageTokens());
    return AnswerPrompt.of(tokenizer.encodePlain(prompt), tokenizer.encodePlain(prompt + answer));
  }

  @Override
  public Tensor logits(long[] inputIds, long[] positions, View view) {
    QwenView seen = (QwenView) view;
    PreparedPrompt prompt = prepared(inputIds, seen);
    return Memory.scoped(
        () -> {
          Tensor h = model.hidden(prompt.with(seen.tokens()), prompt.rope(), null);
          return model.logits(h, positions);
        });
  }

  private PreparedPrompt prepared(long[] inputIds, QwenView view) {
    return prompts.get(
        new PromptKey(ImmutableLongArray.copyOf(inputIds), view.grid()),
        () -> {
          ImageSpan image = imageIn(inputIds, view);
          PromptPositions where = new PromptPositions(image.start(), view.grid());
          return PreparedPrompt.of(
              inputIds,
              image,
              (first, end) -> where.rope(first, end, config.text(), placement),
              model);
        });
  }

  /** The image's place in a prompt; refuses a prompt that is not of that image. */
  ImageSpan imageIn(long[] inputIds, QwenView view) {
    return ImageSpan.of(inputIds, config.imageTokenId(), IMAGE_TOKEN, view.imageTokens());
  }

  @Override
  public long[] generate(long[] inputIds, View view, int maxNewTokens) {
    return generate(inputIds, view, maxNewTokens, generationTokens.never());
  }

  /** As {@link #generate(long[], View, int)}; tokens in {@code suppressed} are never chosen. */
  long[] generate(long[] inputIds, View view, int maxNewTokens, Set<Long> suppressed) {
    QwenView seen = (QwenView) view;
    return GreedySearch.generate(
        model,
        prepared(inputIds, seen),
        seen.tokens(),
        generationTokens.suppressing(suppressed),
        maxNewTokens);
  }

  @Override
  public String decode(long[] ids) {
    return tokenizer.decode(ids);
  }

  @Override
  public void close() {
    processor.close();
    prompts.close();
    visual.close();
    tokenizer.close();
    owner.close();
  }
}
