package dev.dualprocess.sana;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.Memory;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Gemma-2 with its tokenizer. On the CPU the model is loaded once and stays. On a GPU, and with
 * random weights, it is loaded for each call and freed after it, since it takes more memory than
 * Sana itself; what opens here was checked, so that a broken file is told at once. Where encoded
 * texts are kept, the model is not opened, or checked, before a text is new.
 */
final class SanaTextEncoder implements AutoCloseable {
  private static final String PROMPT_EMBEDS = "prompt_embeds";
  private static final String MASK = "mask";
  private static final Set<String> NAMES = Set.of(PROMPT_EMBEDS, MASK);

  private final Path folder; // text_encoder
  private final Placement placement;
  private final Gemma2Config config;
  private final Tokenizer tokenizer;
  private final OnDemand<SanaTextModel> model;
  private final EncodedTexts texts;
  private final PromptWarnings warnings = new PromptWarnings();

  private SanaTextEncoder(
      Path folder,
      Placement placement,
      Gemma2Config config,
      Tokenizer tokenizer,
      OnDemand<SanaTextModel> model,
      EncodedTexts texts) {
    this.folder = folder;
    this.placement = placement;
    this.config = config;
    this.tokenizer = tokenizer;
    this.model = model;
    this.texts = texts;
  }

  /**
   * Opens the encoder of a pipeline's folder; every text is encoded.
   *
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  static SanaTextEncoder open(Path pipeline, Placement wanted, WeightSource source)
      throws IOException {
    return open(pipeline, wanted, source, Optional.empty());
  }

  /**
   * Opens the encoder of a pipeline's folder; texts are kept where there is a cache.
   *
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  static SanaTextEncoder open(
      Path pipeline, Placement wanted, WeightSource source, Optional<TextCache> cache)
      throws IOException {
    boolean mapped = wanted.device().equals(Placement.CPU.device()) && !source.isRandom();
    return open(pipeline, wanted, source, cache, mapped);
  }

  /**
   * Opens the encoder of a pipeline's folder; {@code stays} says whether the model is kept between
   * calls.
   */
  static SanaTextEncoder open(
      Path pipeline,
      Placement wanted,
      WeightSource source,
      Optional<TextCache> cache,
      boolean stays)
      throws IOException {
    // Gemma-2's activations are larger than fp16's largest number.
    Placement placement =
        wanted.dtype() == Dtype.FLOAT16 ? new Placement(wanted.device(), Dtype.BFLOAT16) : wanted;
    Path folder = pipeline.resolve("text_encoder");
    Gemma2Config config = Gemma2Config.read(folder.resolve("config.json"));
    Path tokenizerFolder = pipeline.resolve("tokenizer");
    EncodedTexts texts =
        EncodedTexts.of(
            cache,
            source,
            List.of(folder, tokenizerFolder),
            placement,
            "Gemma-2 %d".formatted(SanaPrompt.LENGTH));
    Tokenizer tokenizer = Tokenizer.openPadding(tokenizerFolder);
    try {
      requireFit(tokenizerFolder, tokenizer, config);
      OnDemand<SanaTextModel> model =
          new OnDemand<>(() -> SanaTextModel.load(folder, config, placement, source), stays);
      if (texts.isKept()) {
        // Opened, and a broken file told, when a text is new.
      } else if (stays) {
        model.openToStay();
      } else if (!source.isRandom()) {
        // Maps the file without reading it; only names and shapes are checked.
        Placement mapped = new Placement(Placement.CPU.device(), Dtype.BFLOAT16);
        SanaTextModel.load(folder, config, mapped, source).close();
      }
      return new SanaTextEncoder(folder, placement, config, tokenizer, model, texts);
    } catch (IOException | RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /** Whether the model is in memory now. */
  boolean isOpen() {
    return model.isOpen();
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
   * Encodes several texts, those that were not kept, loading the model once at most; the caller
   * closes them. Rows of padding are filled too: the mask tells the generator to pass them over.
   */
  List<SanaText> encode(List<SanaPrompt> prompts, Placement target) {
    prompts.forEach(this::warn);
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Map<SanaPrompt, Map<String, Tensor>> encoded = new HashMap<>();
      for (SanaPrompt prompt : prompts) {
        texts.find(key(prompt), NAMES).ifPresent(found -> encoded.put(prompt, found));
      }
      List<SanaPrompt> fresh = prompts.stream().filter(p -> !encoded.containsKey(p)).toList();
      if (!fresh.isEmpty()) {
        encoded.putAll(model.use(opened -> encode(fresh, opened.gemma())));
      }
      return placed(prompts.stream().map(encoded::get).toList(), target);
    }
  }

  /** What Gemma-2 is given and how much of it is seen follow from both. */
  private static String key(SanaPrompt prompt) {
    return prompt.instruction() + "\0" + prompt.whole();
  }

  /** With the instruction before it a text has the same room, less one token. */
  private void warn(SanaPrompt prompt) {
    warnings.notation(prompt.text());
    if (prompt.instruction().isEmpty()) {
      int length = prompt.length(tokenizer);
      warnings.cut("Gemma-2", tokenizer, prompt.whole(), length, "shorten the prompt");
    }
  }

  private Map<SanaPrompt, Map<String, Tensor>> encode(
      List<SanaPrompt> fresh, Gemma2TextEncoder gemma) {
    Map<SanaPrompt, Map<String, Tensor>> encoded = new HashMap<>();
    for (SanaPrompt prompt : fresh) {
      encoded.computeIfAbsent(prompt, p -> encode(p, gemma));
    }
    return encoded;
  }

  private Map<String, Tensor> encode(SanaPrompt prompt, Gemma2TextEncoder gemma) {
    Tensor[] seen =
        Memory.scopedAll(
            () -> {
              SanaTokens tokens = tokens(prompt);
              Tensor states = gemma.forward(tokens.ids(), tokens.mask());
              if (!Finite.all(states)) {
                throw FaultyPart.of("the text encoder Gemma-2", folder, placement.dtype())
                    .exception("the encoded prompt");
              }
              return new Tensor[] {SanaTokens.kept(states), SanaTokens.kept(tokens.mask())};
            });
    Map<String, Tensor> encoded = Map.of(PROMPT_EMBEDS, seen[0], MASK, seen[1]);
    texts.keep(key(prompt), encoded);
    return encoded;
  }

  private static List<SanaText> placed(List<Map<String, Tensor>> encoded, Placement target) {
    List<SanaText> texts = new ArrayList<>();
    try {
      for (Map<String, Tensor> text : encoded) {
        texts.add(
            new SanaText(
                target.place(Objects.requireNonNull(text.get(PROMPT_EMBEDS))),
                target.place(Objects.requireNonNull(text.get(MASK)))));
      }
    } catch (RuntimeException e) {
      texts.forEach(SanaText::close);
      throw e;
    }
    return List.copyOf(texts);
  }

  @Override
  public void close() {
    model.close();
    tokenizer.close();
  }
}
