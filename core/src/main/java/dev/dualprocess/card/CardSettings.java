package dev.dualprocess.card;

import dev.dualprocess.hub.HubId;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a model card says that a run's folder does not know.
 *
 * @param name of what was learnt, for people; empty for one made of the prompt
 * @param baseModel hub id of the generator, such as {@code black-forest-labs/FLUX.1-schnell}; empty
 *     for the id it was found by in the hub's cache, if it was
 * @param license identifier as the hub writes it, such as {@code apache-2.0}
 * @param audit folder of an audit of this LoRA; empty for {@code audit} inside the run's folder
 */
public record CardSettings(
    Optional<String> name, Optional<String> baseModel, String license, Optional<Path> audit) {
  /** What the hub calls a licence that nobody has chosen yet. */
  public static final String LICENSE_UNKNOWN = "unknown";

  private static final Pattern LICENSE =
      Pattern.compile("(?!(?:no|on|off|yes|null|true|false)$)[a-z][a-z0-9.-]+");

  /**
   * Checks the texts.
   *
   * @throws IllegalArgumentException in one line, if one of them has another form
   */
  public CardSettings {
    Objects.requireNonNull(audit, "audit");
    if (name.isPresent() && name.get().isBlank()) {
      throw new IllegalArgumentException("the name is empty");
    }
    baseModel.ifPresent(HubId::new);
    if (!LICENSE.matcher(license).matches()) {
      throw new IllegalArgumentException(
          "a licence is named as the hub does, such as apache-2.0 or other, not '" + license + "'");
    }
  }

  /** Of a licence alone. */
  public static CardSettings of(String license) {
    return new CardSettings(Optional.empty(), Optional.empty(), license, Optional.empty());
  }
}
