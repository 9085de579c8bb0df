package dev.dualprocess.sana;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.text.PromptWarnings;
import dev.dualprocess.text.Tokenizer;
import dev.dualprocess.weights.FaultyPart;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Gemma-2 with its tokenizer. On the CPU the model is loaded once and stays. On a GPU, and with
 * random weights, it is loaded for each call and freed after it, since it takes more memory than
 * Sana itself; what opens here was checked, so that a broken file is told at once.
 */
final class SanaTextEncoder implements AutoCloseable {
  private final Path folder; // text_encoder
  private final Placement placement;
  private final WeightSource source;
  private final Gemma2Config config;
  private final Tokenizer tokenizer;
  private final @Nullable SanaTextModel resident; // null where it is loaded for each call
  private final PromptWarnings warnings = new PromptWarnings();

  private SanaTextEncoder(
      Path folder,
      Placement placement,
      WeightSource source,
      Gemma2Config config,
      Tokenizer tokenizer,
      @Nullable SanaTextModel resident) {
    this.folder = folder;
    this.placement = placement;
    this.source = source;
    this.config = config;
    this.tokenizer = tokenizer;
    this.resident = resident;
  }

  /**
   * Opens the encoder of a pipeline's folder.
   *
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  static SanaTextEncoder open(Path pipeline, Placement wanted, WeightSource source)
      throws IOException {
    boolean mapped = wanted.device().equals(Placement.CPU.device()) && !source.isRandom();
    return open(pipeline, wanted, source, mapped);
  }

  /**
   * Opens the encoder of a pipeline's folder; {@code stays} says whether the model is kept between
   * calls.
   */
  static SanaTextEncoder open(Path pipeline, Placement wanted, WeightSource source, boolean stays)
      throws IOException {
    // Gemma-2's activations are larger than fp16's largest number.
    Placement placement =
        wanted.dtype() == Dtype.FLOAT16 ? new Placement(wanted.device(), Dtype.BFLOAT16) : wanted;
    Path folder = pipeline.resolve("text_encoder");
    Gemma2Config config = Gemma2Config.read(folder.resolve("config.json"));
    Path tokenizerFolder = pipeline.resolve("tokenizer");
    Tokenizer tokenizer = Tokenizer.openPadding(tokenizerFolder);
    try {
      requireFit(tokenizerFolder, tokenizer, config);
      SanaTextModel resident = null;
      if (stays) {
        resident = SanaTextModel.load(folder, config, placement, source);
      } else if (!source.isRandom()) {
        // Maps the file without reading it; only names and shapes are checked.
        Placement mapped = new Placement(Placement.CPU.device(), Dtype.BFLOAT16);
        SanaTextModel.load(folder, config, mapped, source).close();
      }
      return new SanaTextEncoder(folder, placement, source, config, tokenizer, resident);
    } catch (IOException | RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static void requireFit(Path folder, Tokenizer tokenizer, Gemma2Config config)
      throws IOException {
    long[] empty = tokenizer.encode("");
    if (!Arrays.equals(empty, new long[] {config.bosTokenId()})) {
      throw new IOException(
          "%s: the empty text has the ids %s; Gemma-2 needs its opening token %d"
              .formatted(folder, Arrays.toString(empty), config.bosTokenId()));
    }
  }

  /** Gemma-2's config; its width is what the transformer must take. */
  Gemma2Config config() {
    return config;
  }

  /** A text as Gemma-2 is given it: the ids and their mask, in the caller's scope. */
  SanaTokens tokens(SanaPrompt prompt) {
    return prompt.tokens(tokenizer);
  }

  /**
   * Encodes one text for a generator at {@code target}; the caller closes it.
   *
   * @param withInstruction as the pipeline does for images; training does without
   */
  SanaText encode(String text, boolean withInstruction, Placement target) {
    SanaPrompt prompt = withInstruction ? SanaPrompt.instructed(text) : SanaPrompt.plain(text);
    return encode(List.of(prompt), target).get(0);
  }

  /**
   * Encodes several texts, loading the model once; the caller closes them. Rows of padding are
   * filled too: the mask tells the generator to pass them over.
   */
  List<SanaText> encode(List<SanaPrompt> prompts, Placement target) {
    prompts.forEach(this::warn);
    if (resident != null) {
      return encode(prompts, target, resident.gemma());
    }
    try (SanaTextModel model = SanaTextModel.load(folder, config, placement, source)) {
      return encode(prompts, target, model.gemma());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With the instruction before it a text has the same room, less one token. */
  private void warn(SanaPrompt prompt) {
    warnings.notation(prompt.text());
    if (prompt.instruction().isEmpty()) {
      int length = prompt.length(tokenizer);
      warnings.cut("Gemma-2", tokenizer, prompt.whole(), length, "shorten the prompt");
    }
  }

  private List<SanaText> encode(
      List<SanaPrompt> prompts, Placement target, Gemma2TextEncoder gemma) {
    List<SanaText> texts = new ArrayList<>();
    try {
      for (SanaPrompt prompt : prompts) {
        texts.add(encode(prompt, target, gemma));
      }
    } catch (RuntimeException e) {
      texts.forEach(SanaText::close);
      throw e;
    }
    return List.copyOf(texts);
  }

  private SanaText encode(SanaPrompt prompt, Placement target, Gemma2TextEncoder gemma) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      SanaTokens tokens = tokens(prompt);
      Tensor states = Memory.scoped(() -> gemma.forward(tokens.ids(), tokens.mask()));
      if (!Finite.all(states)) {
        throw FaultyPart.of("the text encoder Gemma-2", folder, placement.dtype())
            .exception("the encoded prompt");
      }
      return new SanaText(
          target.place(SanaTokens.kept(states)), target.place(SanaTokens.kept(tokens.mask())));
    }
  }

  @Override
  public void close() {
    if (resident != null) {
      resident.close();
    }
    tokenizer.close();
  }
}
