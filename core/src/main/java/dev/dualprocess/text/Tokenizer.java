package dev.dualprocess.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.tensor.Lifetime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A Hugging Face tokenizer folder: {@code tokenizer.json}, or files that one can be built of:
 * CLIP's or Qwen's {@code vocab.json} and {@code merges.txt}, T5's {@code spiece.model}.
 * Thread-safe; {@link #close} frees its native part.
 */
public final class Tokenizer implements AutoCloseable {
  static {
    // No look-ups for CUDA flavours or newer builds of the native library.
    System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
    System.setProperty("RUST_FLAVOR", System.getProperty("RUST_FLAVOR", "cpu"));
  }

  private static final Map<String, String> WHOLE_TEXT =
      Map.of("truncation", "false", "padding", "false");

  private final HuggingFaceTokenizer tokenizer;
  private final OptionalInt modelMaxLength;
  private final PadToken pad;
  private final Lifetime lifetime;

  private Tokenizer(
      Path folder, HuggingFaceTokenizer tokenizer, OptionalInt modelMaxLength, PadToken pad) {
    this.lifetime = new Lifetime("the tokenizer of " + folder);
    this.tokenizer = tokenizer;
    this.modelMaxLength = modelMaxLength;
    this.pad = pad;
  }

  /**
   * Opens a tokenizer folder.
   *
   * @throws IOException in one line, if files are missing or broken
   */
  public static Tokenizer open(Path folder) throws IOException {
    Objects.requireNonNull(folder, "folder");
    Path config = folder.resolve("tokenizer_config.json");
    OptionalInt maxLength = OptionalInt.empty();
    if (Files.isRegularFile(config)) {
      ConfigFile file = ConfigFile.read(config);
      double length = file.root().path("model_max_length").asDouble(Double.MAX_VALUE);
      if (length < 1) {
        throw new IOException(config + ": model_max_length must be at least 1, not " + length);
      }
      // "No limit" is written as 1e30.
      maxLength = length < 1e9 ? OptionalInt.of((int) length) : maxLength;
    }
    ConfigFile definition = new TokenizerFiles(folder).definition();
    PadToken pad = PadToken.in(folder, new Vocabulary(definition.root()));
    return new Tokenizer(folder, newInstance(definition), maxLength, pad);
  }

  /**
   * Opens a folder of a tokenizer that {@link #encodePadded fills texts up}.
   *
   * @throws IOException in one line, if files are missing or broken, or there is no pad token
   */
  public static Tokenizer openPadding(Path folder) throws IOException {
    Tokenizer tokenizer = open(folder);
    if (tokenizer.pad.id().isEmpty()) {
      tokenizer.close();
      throw new IOException(tokenizer.pad.absent());
    }
    return tokenizer;
  }

  private static HuggingFaceTokenizer newInstance(ConfigFile definition) throws IOException {
    byte[] json = definition.root().toString().getBytes(StandardCharsets.UTF_8);
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), WHOLE_TEXT);
    } catch (RuntimeException e) {
      String told = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IOException(definition.path() + ": not a usable tokenizer: " + told, e);
    }
  }

  /** {@code model_max_length} of tokenizer_config.json, where it sets a limit. */
  public OptionalInt modelMaxLength() {
    return modelMaxLength;
  }

  /** The ids of {@code text} with the tokenizer's own special tokens added. */
  public long[] encode(String text) {
    Objects.requireNonNull(text, "text");
    return lifetime.sharing(() -> tokenizer.encode(text, true, false).getIds());
  }

  /** The ids of {@code text} alone; special tokens written out in it are still recognised. */
  public long[] encodePlain(String text) {
    Objects.requireNonNull(text, "text");
    return lifetime.sharing(() -> tokenizer.encode(text, false, false).getIds());
  }

  /**
   * Exactly {@code length} ids: cut as Hugging Face cuts (the closing special token stays), or
   * filled with the pad token on the right.
   */
  public long[] encodePadded(String text, int length) {
    long[] ids = truncated(encode(text), text, length);
    long[] padded = Arrays.copyOf(ids, length);
    Arrays.fill(padded, ids.length, length, ids.length < length ? padId() : 0);
    return padded;
  }

  /** The ids with special tokens, at most {@code length} of them. */
  public long[] encodeTruncated(String text, int length) {
    return truncated(encode(text), text, length);
  }

  private long[] truncated(long[] ids, String text, int length) {
    if (ids.length <= length) {
      return ids;
    }
    // The special tokens that the post-processor puts behind the text survive the cut.
    long[] plain = encodePlain(text);
    int before = indexOf(ids, plain);
    int after = ids.length - before - plain.length;
    long[] cut = new long[length];
    System.arraycopy(ids, 0, cut, 0, length - after);
    System.arraycopy(ids, ids.length - after, cut, length - after, after);
    return cut;
  }

  /**
   * The end of {@code text} that {@link #encodeTruncated} leaves out, as it is written; empty if it
   * leaves nothing out.
   */
  public String cutOff(String text, int length) {
    int whole = encode(text).length;
    if (whole <= length) {
      return "";
    }
    Encoding plain = lifetime.sharing(() -> tokenizer.encode(text, false, false));
    int special = whole - plain.getIds().length;
    CharSpan first = plain.getCharTokenSpans()[Math.max(0, length - special)];
    return text.substring(text.offsetByCodePoints(0, first.getStart())).strip();
  }

  private static int indexOf(long[] ids, long[] part) {
    int at = 0;
    while (at + part.length < ids.length
        && !Arrays.equals(ids, at, at + part.length, part, 0, part.length)) {
      at++;
    }
    return at;
  }

  /** The text of {@code ids}, special tokens left out. */
  public String decode(long[] ids) {
    Objects.requireNonNull(ids, "ids");
    return lifetime.sharing(() -> tokenizer.decode(ids, true));
  }

  /** The id of the pad token. */
  public long padId() {
    return pad.id().orElseThrow(() -> new IllegalStateException(pad.absent()));
  }

  @Override
  public void close() {
    lifetime.close(tokenizer::close);
  }
}
