package dev.dualprocess.hub;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A model on the hub, such as {@code black-forest-labs/FLUX.1-schnell}.
 *
 * @param text ORG/NAME
 */
public record HubId(String text) {
  private static final Pattern FORM = Pattern.compile("[\\w-][\\w.-]*/[\\w-][\\w.-]*");
  private static final String PREFIX = "models--";

  /**
   * It becomes part of an address and of a path.
   *
   * @throws IllegalArgumentException in one line, if it is none
   */
  public HubId {
    if (!isId(text)) {
      throw new IllegalArgumentException(
          "'%s' is not a hub id: it is written ORG/NAME, as black-forest-labs/FLUX.1-schnell"
              .formatted(text));
    }
  }

  /** The id that a user may have meant. */
  public static Optional<HubId> of(String text) {
    return isId(text) ? Optional.of(new HubId(text)) : Optional.empty();
  }

  private static boolean isId(String text) {
    return FORM.matcher(text).matches() && !text.contains("..") && !text.contains("--");
  }

  /** Its folder in a cache. */
  Path folderIn(Path cache) {
    return cache.resolve(folderName());
  }

  String folderName() {
    return PREFIX + text.replace("/", "--");
  }

  /** The id whose folder in a cache has that name. */
  public static Optional<HubId> ofFolder(String name) {
    return name.startsWith(PREFIX)
        ? of(name.substring(PREFIX.length()).replaceFirst("--", "/"))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }
}
