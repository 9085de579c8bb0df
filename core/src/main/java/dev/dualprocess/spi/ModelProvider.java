package dev.dualprocess.spi;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Opens models of one family. Found by {@link java.util.ServiceLoader}, so it has a public
 * constructor without arguments, which must be cheap: no native library, no file, no network.
 *
 * @param <M> what it opens
 */
public interface ModelProvider<M extends AutoCloseable> {
  /** A short name that is unique among providers of the same kind, such as {@code flux}. */
  String name();

  /**
   * Whether it reads that folder, judged from {@code model_index.json} or {@code config.json}
   * alone. False for a provider that needs no files.
   */
  boolean supports(Path folder);

  /**
   * The kinds of model it reads, as {@code _class_name} of {@code model_index.json} or {@code
   * model_type} of {@code config.json} names them; for the line that a folder of another kind is
   * answered with. Empty for a provider that needs no files.
   */
  default Set<String> reads() {
    return Set.of();
  }

  /**
   * The hub ids of published models that it reads, smallest first, for people who look for one;
   * others of the same kind are read too.
   */
  default List<String> published() {
    return List.of();
  }

  /**
   * Which files of a hub repository it reads, as globs of paths from the root ({@link
   * java.nio.file.FileSystem#getPathMatcher}); more than it needs, where a repository has more. By
   * default all configs, tokenizers and safetensors.
   */
  default List<String> files() {
    return List.of("**.{json,txt,model,safetensors}");
  }

  /**
   * Opens the model; the expensive part. The caller closes it.
   *
   * @param folder the model's folder; empty for a provider that needs no files
   * @throws IOException in one line, if files are missing, broken, or do not fit each other
   */
  M open(Optional<Path> folder, Placement placement) throws IOException;

  /**
   * Opens the model with all that can be said of it; by default a provider knows nothing of random
   * weights and has nothing to compute again.
   *
   * @throws IllegalArgumentException if a form of weights is wanted of a provider that has none
   */
  default M open(Optional<Path> folder, LoadOptions opening) throws IOException {
    if (opening.weights().isRandom() || opening.weights().blockByBlock()) {
      throw new IllegalArgumentException(
          name() + " has no weights that could be random, in 8 bits or on the host");
    }
    return open(folder, opening.placement());
  }

  /**
   * What a step of a distillation keeps in that model, judged from its configs alone; empty where
   * nobody knows.
   *
   * @param size of the image; the model's own where it is not given
   * @throws IOException in one line, if a config is missing or broken
   */
  default Optional<Activations> activations(Path folder, Optional<ImageSize> size)
      throws IOException {
    return Optional.empty();
  }

  /** Opens the model in {@code folder}. */
  default M open(Path folder, Placement placement) throws IOException {
    return open(Optional.of(folder), placement);
  }

  /** The folder, for a provider that cannot do without. */
  default Path requireFolder(Optional<Path> folder) {
    return folder.orElseThrow(
        () -> new IllegalArgumentException(name() + " needs a model directory"));
  }
}
