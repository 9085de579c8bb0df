package dev.dualprocess.text.cache;

import com.google.common.hash.Hashing;
import dev.dualprocess.config.FileProblem;
import dev.dualprocess.config.Warnings;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The texts of one encoder in a {@link TextCache}. A text's key is the SHA-256 of all that its
 * tensors follow from: the {@link EncoderFiles}, dtype and kind of device, TF32 on a GPU, how texts
 * are cut, this library's version, and the text. What moves the last bits alone (threads, the kind
 * of processor) is left out: what is found is what was once encoded.
 *
 * <p>Nothing here fails: what cannot be read is encoded again, what cannot be written is told once.
 */
public final class EncodedTexts {
  private static final Logger LOG = LoggerFactory.getLogger(EncodedTexts.class);
  private static final Warnings WARNINGS = new Warnings(LOG);
  private static final String FORMAT = "dualprocess encoded text 1";

  /** Keeps nothing. */
  public static final EncodedTexts NONE = new EncodedTexts(null, "", false);

  private final @Nullable TextCache cache;
  private final String encoder; // what the key says before the text
  private final boolean cuda;

  private EncodedTexts(@Nullable TextCache cache, String encoder, boolean cuda) {
    this.cache = cache;
    this.encoder = encoder;
    this.cuda = cuda;
  }

  /**
   * The texts of an encoder; {@link #NONE} without a cache, of random weights, of a small encoder,
   * and of files that cannot be read, which opening them tells.
   *
   * @param source of the encoder's weights
   * @param parts folders of the encoders and their tokenizers
   * @param placement of the encoders
   * @param reading how texts are cut and given to them
   */
  public static EncodedTexts of(
      Optional<TextCache> cache,
      WeightSource source,
      List<Path> parts,
      Placement placement,
      String reading) {
    if (cache.isEmpty() || source.isRandom()) {
      return NONE;
    }
    try {
      EncoderFiles files = EncoderFiles.of(parts);
      return files.weightBytes() < cache.get().leastWeights()
          ? NONE
          : new EncodedTexts(cache.get(), encoder(files, placement, reading), isCuda(placement));
    } catch (IOException e) {
      LOG.debug("the texts of {} are not kept", parts, e);
      return NONE;
    }
  }

  private static String encoder(EncoderFiles files, Placement placement, String reading)
      throws IOException {
    return String.join(
        "\n",
        FORMAT,
        String.valueOf(EncodedTexts.class.getPackage().getImplementationVersion()),
        isCuda(placement) ? "cuda" : placement.device(),
        placement.dtype().shortName(),
        reading,
        files.fingerprint());
  }

  private static boolean isCuda(Placement placement) {
    return placement.device().startsWith("cuda");
  }

  /** Whether encoded texts are kept at all. */
  public boolean isKept() {
    return cache != null;
  }

  /**
   * The tensors that were kept of {@code text}, on the CPU in the caller's scope, bit for bit.
   *
   * @param names of them
   */
  public Optional<Map<String, Tensor>> find(String text, Set<String> names) {
    return cache == null ? Optional.empty() : cache.stored(key(text)).read(names);
  }

  /** Keeps what {@code text} was encoded to. */
  public void keep(String text, Map<String, Tensor> tensors) {
    if (cache == null) {
      return;
    }
    try {
      cache.stored(key(text)).write(tensors);
      new Shelf(cache).trim();
    } catch (IOException e) {
      WARNINGS.once(
          "an encoded text is not kept, and will be encoded again: %s; %s names another folder"
              .formatted(told(e), TextCache.VARIABLE));
    }
  }

  private static String told(IOException e) {
    return e instanceof FileSystemException system
        ? FileProblem.line(system)
        : String.valueOf(e.getMessage());
  }

  private String key(String text) {
    return Hashing.sha256()
        .newHasher()
        .putUnencodedChars(encoder)
        .putUnencodedChars(cuda && Torch.isTf32() ? "\ntf32\n" : "\n\n")
        .putUnencodedChars(text)
        .hash()
        .toString();
  }
}
