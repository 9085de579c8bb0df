package dev.dualprocess.flux;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.text.PromptWarnings;
import dev.dualprocess.text.Tokenizer;
import dev.dualprocess.text.cache.EncodedTexts;
import dev.dualprocess.text.cache.TextCache;
import dev.dualprocess.weights.FaultyPart;
import dev.dualprocess.weights.OnDemand;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * CLIP and T5 with their tokenizers. On the CPU the models are loaded once and stay. On a GPU, and
 * with random weights, they are loaded for each text and freed after it, since T5 takes half as
 * much memory as FLUX.1 itself; what opens here was checked, so that a broken file is told at once.
 * Where encoded texts are kept, no model is opened, or checked, before a text is new.
 */
final class FluxTextEncoders implements AutoCloseable {
  /** What diffusers' FLUX.1 pipeline gives T5, unless its tokenizer says less. */
  private static final int T5_LENGTH = 512;

  private static final List<String> PARTS =
      List.of("text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2");
  private static final String PROMPT_EMBEDS = "prompt_embeds";
  private static final String POOLED = "pooled";

  private static final int CLIP_LENGTH = 77;

  private final Path folder;
  private final Placement placement;
  private final ClipTextConfig clipConfig;
  private final T5Config t5Config;
  private final Tokenizer tokenizer;
  private final Tokenizer tokenizer2;
  private final OnDemand<FluxTextModels> models;
  private final EncodedTexts texts;
  private final PromptWarnings warnings = new PromptWarnings();

  private FluxTextEncoders(
      Path folder,
      Placement placement,
      ClipTextConfig clipConfig,
      T5Config t5Config,
      Tokenizer tokenizer,
      Tokenizer tokenizer2,
      OnDemand<FluxTextModels> models,
      EncodedTexts texts) {
    this.folder = folder;
    this.placement = placement;
    this.clipConfig = clipConfig;
    this.t5Config = t5Config;
    this.tokenizer = tokenizer;
    this.tokenizer2 = tokenizer2;
    this.models = models;
    this.texts = texts;
  }

  /** Opens the encoders of a pipeline's folder; every text is encoded. */
  static FluxTextEncoders open(Path folder, Placement wanted, WeightSource source)
      throws IOException {
    return open(folder, wanted, source, Optional.empty());
  }

  /**
   * Opens the encoders of a pipeline's folder.
   *
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  static FluxTextEncoders open(
      Path folder, Placement wanted, WeightSource source, Optional<TextCache> cache)
      throws IOException {
    // T5's activations are larger than fp16's largest number.
    Placement placement =
        wanted.dtype() == Dtype.FLOAT16 ? new Placement(wanted.device(), Dtype.BFLOAT16) : wanted;
    ClipTextConfig clip =
        ConfigFile.read(folder.resolve("text_encoder/config.json")).as(ClipTextConfig.class);
    T5Config t5 = ConfigFile.read(folder.resolve("text_encoder_2/config.json")).as(T5Config.class);
    EncodedTexts texts =
        EncodedTexts.of(
            cache,
            source,
            PARTS.stream().map(folder::resolve).toList(),
            placement,
            "CLIP %d, T5 %d".formatted(CLIP_LENGTH, T5_LENGTH));
    Tokenizer tokenizer = null;
    Tokenizer tokenizer2 = null;
    try {
      tokenizer = Tokenizer.openPadding(folder.resolve("tokenizer"));
      tokenizer2 = Tokenizer.openPadding(folder.resolve("tokenizer_2"));
      boolean stays = !source.isRandom() && placement.device().equals(Placement.CPU.device());
      OnDemand<FluxTextModels> models =
          new OnDemand<>(() -> FluxTextModels.load(folder, clip, t5, placement, source), stays);
      if (texts.isKept()) {
        // Opened, and a broken file told, when a text is new.
      } else if (stays) {
        models.openToStay();
      } else if (!source.isRandom()) {
        // Maps the files without reading them; only names and shapes are checked.
        Placement mapped = new Placement(Placement.CPU.device(), Dtype.BFLOAT16);
        FluxTextModels.load(folder, clip, t5, mapped, source).close();
      }
      return new FluxTextEncoders(
          folder, placement, clip, t5, tokenizer, tokenizer2, models, texts);
    } catch (IOException | RuntimeException e) {
      if (tokenizer != null) {
        tokenizer.close();
      }
      if (tokenizer2 != null) {
        tokenizer2.close();
      }
      throw e;
    }
  }

  /** Whether the models are in memory now. */
  boolean isOpen() {
    return models.isOpen();
  }

  /** CLIP's sizes, from text_encoder/config.json. */
  ClipTextConfig clipConfig() {
    return clipConfig;
  }

  /** T5's sizes, from text_encoder_2/config.json. */
  T5Config t5Config() {
    return t5Config;
  }

  /** CLIP's ids, padded: int64 [1, Lc], Lc at most 77. */
  Tensor clipIds(String text) {
    int length = clipLength();
    return Ops.longs(tokenizer.encodePadded(text, length), 1, length);
  }

  private int clipLength() {
    return Math.min(
        tokenizer.modelMaxLength().orElse(CLIP_LENGTH), clipConfig.maxPositionEmbeddings());
  }

  /** T5's ids, padded: int64 [1, Lt], Lt at most 512. */
  Tensor t5Ids(String text) {
    int length = t5Length();
    return Ops.longs(tokenizer2.encodePadded(text, length), 1, length);
  }

  private int t5Length() {
    return Math.min(tokenizer2.modelMaxLength().orElse(T5_LENGTH), T5_LENGTH);
  }

  /** CLIP's part is one vector for the whole picture; what is drawn comes from T5. */
  private void warn(String text) {
    warnings.notation(text);
    warnings.cut(
        "CLIP",
        tokenizer,
        text,
        clipLength(),
        "it matters little, for T5 reads up to %d tokens of it too".formatted(t5Length()));
    warnings.cut("T5", tokenizer2, text, t5Length(), "shorten the prompt");
  }

  /**
   * Encodes a text, for a generator at {@code target}, unless it was kept. Padding is attended to,
   * as in diffusers.
   */
  FluxConditioning encode(String text, Placement target) {
    warn(text);
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Map<String, Tensor> encoded =
          texts
              .find(text, Set.of(PROMPT_EMBEDS, POOLED))
              .orElseGet(() -> models.use(opened -> encode(text, opened)));
      return new FluxConditioning(
          text,
          target.place(Objects.requireNonNull(encoded.get(PROMPT_EMBEDS))),
          target.place(Objects.requireNonNull(encoded.get(POOLED))));
    }
  }

  private Map<String, Tensor> encode(String text, FluxTextModels opened) {
    Tensor clipIds = clipIds(text);
    Tensor pooled =
        Memory.scoped(() -> opened.clip().pooled(opened.clip().forward(clipIds), clipIds));
    requireFinite(pooled, "CLIP", "text_encoder");
    Tensor promptEmbeds = Memory.scoped(() -> opened.t5().forward(t5Ids(text)));
    requireFinite(promptEmbeds, "T5", "text_encoder_2");
    Map<String, Tensor> encoded = Map.of(PROMPT_EMBEDS, promptEmbeds, POOLED, pooled);
    texts.keep(text, encoded);
    return encoded;
  }

  private void requireFinite(Tensor encoded, String encoder, String part) {
    if (!Finite.all(encoded)) {
      throw FaultyPart.of("the text encoder " + encoder, folder.resolve(part), placement.dtype())
          .exception("the encoded prompt");
    }
  }

  @Override
  public void close() {
    models.close();
    tokenizer.close();
    tokenizer2.close();
  }
}
