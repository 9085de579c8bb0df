package dev.dualprocess.idefics2;

import com.google.common.primitives.ImmutableLongArray;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.spi.ModelName;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
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

  private final String name;
  private final Idefics2Config config;
  private final Placement placement;
  private final TensorOwner owner;
  private final ImageProcessor processor;
  private final Tokenizer tokenizer;
  private final GenerationTokens generationTokens;
  private final VisionTower visionModel;
  private final Connector connector;
  private final LanguageModel textModel;
  private final PromptCache<ImmutableLongArray> prompts = new PromptCache<>();
  private final ChatFormat chat = ChatFormat.load(Idefics2.class, IMAGE_TOKEN);

  private Idefics2(
      Path folder,
      Idefics2Config config,
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
      Weights weights = Weights.of(checkpoint, placement, owner);
      Weights model = weights.in("model");
      this.visionModel = VisionTower.load(model.in("vision_model"), config.vision());
      this.connector = Connector.load(model.in("connector"), config);
      this.textModel = LanguageModel.load(weights, model.in("text_model"), config.text().shape());
      weights.requireComplete(
          config.text().tieWordEmbeddings() ? Set.of(LanguageModel.HEAD_KEY) : Set.of());
    }
    this.processor = new ImageProcessor(preprocessor, config.vision().patchSize(), placement);
  }

  /** Reads a checkpoint folder. */
  static Idefics2 open(Path folder, Placement placement) throws IOException {
    Idefics2Config config = Idefics2Config.read(folder.resolve("config.json"));
    PreprocessorConfig preprocessor =
        PreprocessorConfig.read(folder.resolve("preprocessor_config.json"));
    PreprocessorConfig.requireImageTokens(
        folder.resolve("processor_config.json"), config.perceiver());
    TensorOwner owner = new TensorOwner();
    Tokenizer tokenizer = Tokenizer.open(folder);
    try {
      return new Idefics2(folder, config, preprocessor, placement, owner, tokenizer);
    } catch (IOException | RuntimeException e) {
      tokenizer.close();
      owner.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Placement placement() {
    return placement;
  }

  Idefics2Config config() {
    return config;
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

  /**
   * The format ends in a blank, which is a token of its own only while nothing follows; an answer
   * begins with a token that has the blank inside.
   */
  @Override
  public long[] promptIds(String question, View view) {
    return tokenizer.encode(chat.prompt(question, view.imageTokens()).stripTrailing());
  }

  @Override
  public AnswerPrompt answerPrompt(String question, String answer, View view) {
    String prompt = chat.prompt(question, view.imageTokens());
    return AnswerPrompt.of(tokenizer.encode(prompt), tokenizer.encode(prompt + answer));
  }

  @Override
  public Tensor logits(long[] inputIds, long[] positions, View view) {
    Idefics2View seen = (Idefics2View) view;
    PreparedPrompt prompt = prepared(inputIds, seen);
    return Memory.scoped(
        () -> {
          Tensor h = textModel.hidden(prompt.with(seen.tokens()), prompt.rope(), null);
          return textModel.logits(h, positions);
        });
  }

  private PreparedPrompt prepared(long[] inputIds, Idefics2View view) {
    config.text().requireWithinWindow(inputIds.length);
    return prompts.get(
        ImmutableLongArray.copyOf(inputIds),
        () ->
            PreparedPrompt.of(
                inputIds,
                ImageSpan.of(inputIds, config.imageTokenId(), IMAGE_TOKEN, view.imageTokens()),
                this::rope,
                textModel));
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
        placement.placeFloat32(Ops.floats(angles, end - first, frequencies.length)));
  }

  @Override
  public long[] generate(long[] inputIds, View view, int maxNewTokens) {
    return generate(inputIds, view, maxNewTokens, generationTokens.never());
  }

  /** As {@link #generate(long[], View, int)}; tokens in {@code suppressed} are never chosen. */
  long[] generate(long[] inputIds, View view, int maxNewTokens, Set<Long> suppressed) {
    config.text().requireWithinWindow(inputIds.length + maxNewTokens);
    Idefics2View seen = (Idefics2View) view;
    return GreedySearch.generate(
        textModel,
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
    visionModel.close();
    tokenizer.close();
    owner.close();
  }
}
