package dev.dualprocess.flux;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.text.PromptWarnings;
import dev.dualprocess.text.Tokenizer;
import dev.dualprocess.weights.FaultyPart;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * CLIP and T5 with their tokenizers. On the CPU the models are loaded once and stay. On a GPU, and
 * with random weights, they are loaded for each text and freed after it, since T5 takes half as
 * much memory as FLUX.1 itself; what opens here was checked, so that a broken file is told at once.
 */
final class FluxTextEncoders implements AutoCloseable {
  /** What diffusers' FLUX.1 pipeline gives T5, unless its tokenizer says less. */
  private static final int T5_LENGTH = 512;

  private static final int CLIP_LENGTH = 77;

  private final Path folder;
  private final Placement placement;
  private final WeightSource source;
  private final ClipTextConfig clipConfig;
  private final T5Config t5Config;
  private final Tokenizer tokenizer;
  private final Tokenizer tokenizer2;
  private final @Nullable FluxTextModels resident; // null where they are loaded for each text
  private final PromptWarnings warnings = new PromptWarnings();

  private FluxTextEncoders(
      Path folder,
      Placement placement,
      WeightSource source,
      ClipTextConfig clipConfig,
      T5Config t5Config,
      Tokenizer tokenizer,
      Tokenizer tokenizer2,
      @Nullable FluxTextModels resident) {
    this.folder = folder;
    this.placement = placement;
    this.source = source;
    this.clipConfig = clipConfig;
    this.t5Config = t5Config;
    this.tokenizer = tokenizer;
    this.tokenizer2 = tokenizer2;
    this.resident = resident;
  }

  /**
   * Opens the encoders of a pipeline's folder.
   *
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  static FluxTextEncoders open(Path folder, Placement wanted, WeightSource source)
      throws IOException {
    // T5's activations are larger than fp16's largest number.
    Placement placement =
        wanted.dtype() == Dtype.FLOAT16 ? new Placement(wanted.device(), Dtype.BFLOAT16) : wanted;
    ClipTextConfig clip =
        ConfigFile.read(folder.resolve("text_encoder/config.json")).as(ClipTextConfig.class);
    T5Config t5 = ConfigFile.read(folder.resolve("text_encoder_2/config.json")).as(T5Config.class);
    Tokenizer tokenizer = null;
    Tokenizer tokenizer2 = null;
    try {
      tokenizer = Tokenizer.openPadding(folder.resolve("tokenizer"));
      tokenizer2 = Tokenizer.openPadding(folder.resolve("tokenizer_2"));
      FluxTextModels resident = null;
      if (source.isRandom()) {
        // Nothing to check; made when a text is encoded, and freed after it.
      } else if (placement.device().equals(Placement.CPU.device())) {
        resident = FluxTextModels.load(folder, clip, t5, placement, source);
      } else {
        // Maps the files without reading them; only names and shapes are checked.
        Placement mapped = new Placement(Placement.CPU.device(), Dtype.BFLOAT16);
        FluxTextModels.load(folder, clip, t5, mapped, source).close();
      }
      return new FluxTextEncoders(
          folder, placement, source, clip, t5, tokenizer, tokenizer2, resident);
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

  /** Encodes a text, for a generator at {@code target}. Padding is attended to, as in diffusers. */
  FluxConditioning encode(String text, Placement target) {
    warn(text);
    if (resident != null) {
      return encode(text, target, resident);
    }
    try (FluxTextModels models =
        FluxTextModels.load(folder, clipConfig, t5Config, placement, source)) {
      return encode(text, target, models);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FluxConditioning encode(String text, Placement target, FluxTextModels models) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor clipIds = clipIds(text);
      Tensor pooled =
          Memory.scoped(() -> models.clip().pooled(models.clip().forward(clipIds), clipIds));
      requireFinite(pooled, "CLIP", "text_encoder");
      Tensor promptEmbeds = Memory.scoped(() -> models.t5().forward(t5Ids(text)));
      requireFinite(promptEmbeds, "T5", "text_encoder_2");
      return new FluxConditioning(text, target.place(promptEmbeds), target.place(pooled));
    }
  }

  private void requireFinite(Tensor encoded, String encoder, String part) {
    if (!Finite.all(encoded)) {
      throw FaultyPart.of("the text encoder " + encoder, folder.resolve(part), placement.dtype())
          .exception("the encoded prompt");
    }
  }

  @Override
  public void close() {
    if (resident != null) {
      resident.close();
    }
    tokenizer.close();
    tokenizer2.close();
  }
}
