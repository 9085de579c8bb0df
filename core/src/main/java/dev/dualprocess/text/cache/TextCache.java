package dev.dualprocess.text.cache;

import dev.dualprocess.config.UserPath;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A folder of encoded texts, one file for each, which may be deleted at any time. Texts themselves
 * are not stored, only their SHA-256, though whoever can read the folder can try whether a text is
 * among them. Several processes may share it.
 *
 * @param folder is made when it is needed
 * @param mostBytes all files together; those that were not used for longest leave first
 * @param mostFiles as many files
 * @param leastWeights bytes of an encoder's weights from which on its texts are kept: a small
 *     encoder is as fast as a file
 */
public record TextCache(Path folder, long mostBytes, int mostFiles, long leastWeights) {
  /** The variable that names another folder than the user's. */
  static final String VARIABLE = "DUALPROCESS_TEXT_CACHE";

  private static final long MOST_BYTES = 1L << 30;
  private static final int MOST_FILES = 10_000;
  private static final long LEAST_WEIGHTS = 64L << 20;

  /** Bounds are positive. */
  public TextCache {
    Objects.requireNonNull(folder, "folder");
    if (mostBytes < 1 || mostFiles < 1 || leastWeights < 0) {
      throw new IllegalArgumentException(
          "a text cache needs room for 1 byte and 1 file at least, not %d and %d"
              .formatted(mostBytes, mostFiles));
    }
  }

  /** The user's own, as {@link #of} says of this process's environment. */
  public static TextCache ofUser() {
    return of(System.getenv());
  }

  /**
   * The folder {@code DUALPROCESS_TEXT_CACHE}, else {@code dualprocess/text} in {@code
   * XDG_CACHE_HOME} or in {@code .cache} of the user's home; 1 GiB or 10,000 texts of encoders with
   * 64 MiB or more.
   */
  public static TextCache of(Map<String, String> variables) {
    Path folder =
        given(variables, VARIABLE).orElseGet(() -> home(variables).resolve("dualprocess/text"));
    return new TextCache(folder, MOST_BYTES, MOST_FILES, LEAST_WEIGHTS);
  }

  private static Path home(Map<String, String> variables) {
    return given(variables, "XDG_CACHE_HOME")
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
  }

  private static Optional<Path> given(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name)).filter(v -> !v.isBlank()).map(UserPath::of);
  }

  /** That folder, with 1 GiB or 10,000 texts, of encoders of any size. */
  public static TextCache in(Path folder) {
    return new TextCache(folder, MOST_BYTES, MOST_FILES, 0);
  }

  /** This folder with other bounds. */
  public TextCache withMost(long bytes, int files) {
    return new TextCache(folder, bytes, files, leastWeights);
  }

  /** The file of a text with that key. */
  StoredText stored(String key) {
    return new StoredText(folder.resolve(key + StoredText.ENDING), key);
  }
}
