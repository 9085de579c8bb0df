package dev.dualprocess.vqa;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.WeightSource.Renaming;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A vision-language model: sees an image, reads a question, gives logits. Frozen; gradient flows
 * from the logits to the image alone.
 *
 * <pre>
 *   tokens = imageEncoder(pixels)
 *   x = [embedTokens(before); tokens; embedTokens(after)]
 *   logits = lmHead(norm(layers(x)))
 * </pre>
 */
public final class VisionLanguageModel implements AutoCloseable {
  private final ModelFolder folder;
  private final Architecture architecture;
  private final Recomputation recomputation;
  private final ChatFormat chat;
  private final ImageProcessor processor;
  private final ImageEncoder encoder;
  private final PromptReader reader;
  private final Lifetime lifetime;

  /**
   * What the checkpoint is read into: the vision tower with its connector, and the language model.
   */
  private record Halves(ImageEncoder encoder, LanguageModel model) {}

  private VisionLanguageModel(ModelFolder folder, Architecture architecture, LoadOptions opening)
      throws IOException {
    this.folder = folder;
    this.lifetime = new Lifetime("model '" + folder.name() + "'");
    this.architecture = architecture;
    this.recomputation = opening.recomputation();
    this.chat = architecture.chat();
    folder.requireToken(chat.imageToken());
    Blocks blocks = recomputation.blocks();
    Halves halves =
        opening
            .weights()
            .build(
                folder.path(),
                folder.placement(),
                folder.owner(),
                Renaming.each(key -> layoutKey(key, architecture)),
                w ->
                    new Halves(
                        architecture.imageEncoder(w, blocks),
                        architecture.languageModel(w, blocks)));
    this.encoder = halves.encoder();
    this.reader =
        new PromptReader(
            halves.model(),
            folder.generationTokens(),
            chat.imageToken(),
            positions -> architecture.rotation().ropes(positions, folder.placement()));
    this.processor =
        new ImageProcessor(
            architecture.imageSizing(), architecture.imageStatistics(), folder.placement());
  }

  /**
   * Opens the model of that architecture in a folder.
   *
   * @throws IOException in one line, if files are missing, broken, or do not fit each other
   */
  public static VisionLanguageModel open(
      Path folder, Architecture architecture, LoadOptions opening) throws IOException {
    return ModelFolder.open(
        folder,
        opening.placement(),
        opened -> new VisionLanguageModel(opened, architecture, opening));
  }

  private static @Nullable String layoutKey(String stored, Architecture architecture) {
    boolean passedOver = architecture.tiedHead() && stored.equals(LanguageModel.HEAD_KEY);
    return passedOver ? null : architecture.layoutKey(stored);
  }

  /** A name for people and for files. */
  public String name() {
    return folder.name();
  }

  /** The folder it was read from. */
  public Path path() {
    return folder.path();
  }

  /** Where its weights are. */
  public Placement placement() {
    return folder.placement();
  }

  /** Who decides whether its blocks are computed again. */
  public Recomputation recomputation() {
    return recomputation;
  }

  /** The language model's half. */
  public PromptReader reader() {
    lifetime.requireOpen();
    return reader;
  }

  /**
   * The vision tower's pass, which several questions share; in the caller's scope.
   *
   * @param image fp32 [1, 3, H, W] in [-1, 1] on this model's device; may require a gradient
   */
  public SeenImage see(Tensor image, Resizing resizing) {
    return lifetime.sharing(
        () -> {
          try (Tensor pixels = processor.pixels(image, resizing)) {
            return encoder.encode(pixels);
          }
        });
  }

  /**
   * The vision tower's pass for a picture from a file, processed exactly as the model's own image
   * processor does; no gradient.
   */
  public SeenImage see(BufferedImage picture) {
    return see(picture, Look.WHOLE);
  }

  /** The same, looked at in that way. */
  public SeenImage see(BufferedImage picture, Look look) {
    return lifetime.sharing(
        () -> {
          Views views = processor.views(picture, look);
          try (Tensor whole = processor.normalised(views.whole())) {
            return views
                .enlarged()
                .map(enlarged -> inTiles(whole, enlarged))
                .orElseGet(() -> encoder.encode(whole));
          }
        });
  }

  private SeenImage inTiles(Tensor whole, BufferedImage enlarged) {
    try (Tensor pixels = processor.normalised(enlarged)) {
      return encoder.encode(whole, pixels);
    }
  }

  /** What a prompt without an image is about; its prompts are in the family's format for text. */
  public SeenImage seeNothing() {
    lifetime.requireOpen();
    return SeenImage.inLine(reader.noTokens());
  }

  /**
   * The tokens of a question about an image as seen, ready for an answer, in the family's chat
   * format.
   */
  public long[] promptIds(String question, SeenImage image) {
    return chat.promptIds(folder.tokenizer(), question, image.layout());
  }

  /** {@link #promptIds} with the answer behind them, and where it stands. */
  public AnswerPrompt answerPrompt(String question, String answer, SeenImage image) {
    return chat.answerPrompt(folder.tokenizer(), question, answer, image.layout());
  }

  /**
   * Logits at some positions of the prompt.
   *
   * @param positions indices into {@code inputIds}
   * @return [positions, vocabulary], on this model's device
   */
  public Tensor logits(long[] inputIds, long[] positions, SeenImage image) {
    architecture.requireRoom(inputIds.length);
    return lifetime.sharing(() -> reader.logits(inputIds, positions, image));
  }

  /**
   * Continuation of a prompt, without gradient, up to an end or stop token or as many tokens as are
   * allowed and have room.
   *
   * @return the new ids, end token left out
   */
  public long[] generate(long[] inputIds, SeenImage image, Decoding decoding) {
    Decoding fitting = decoding.upTo(Math.max(1, architecture.room() - inputIds.length));
    architecture.requireRoom(inputIds.length + fitting.maxNewTokens());
    return lifetime.sharing(() -> reader.generate(inputIds, image, fitting));
  }

  /** Ids as text, special tokens left out. */
  public String decode(long[] ids) {
    return folder.tokenizer().decode(ids);
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          processor.close();
          reader.close();
          encoder.close();
          folder.close();
        });
  }
}
