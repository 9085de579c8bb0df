package dev.dualprocess.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The environment variables that the hub's own Python library reads, in its order of precedence. A
 * variable of blanks counts as absent.
 *
 * @param all by name
 */
record HubVariables(Map<String, String> all) {
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{([^}]*)})");

  HubVariables {
    all = Map.copyOf(all);
  }

  Optional<String> value(String name) {
    return Optional.ofNullable(all.get(name)).filter(value -> !value.isBlank());
  }

  Path cache() {
    return value("HF_HUB_CACHE")
        .or(() -> value("HUGGINGFACE_HUB_CACHE"))
        .map(this::path)
        .orElseGet(() -> home().resolve("hub"));
  }

  /** Where the hub's tools keep everything. */
  private Path home() {
    return value("HF_HOME")
        .map(this::path)
        .orElseGet(
            () ->
                value("XDG_CACHE_HOME")
                    .map(this::path)
                    .orElseGet(() -> user().resolve(".cache"))
                    .resolve("huggingface"));
  }

  private Path user() {
    return Path.of(value("HOME").orElseGet(() -> System.getProperty("user.home")));
  }

  boolean offline() {
    return value("HF_HUB_OFFLINE")
        .or(() -> value("TRANSFORMERS_OFFLINE"))
        .filter(this::isTrue)
        .isPresent();
  }

  Optional<String> token() throws IOException {
    if (value("HF_HUB_DISABLE_IMPLICIT_TOKEN").filter(this::isTrue).isPresent()) {
      return Optional.empty();
    }
    Optional<String> given = value("HF_TOKEN").or(() -> value("HUGGING_FACE_HUB_TOKEN"));
    return given.isPresent() ? given.map(String::strip) : tokenInFile();
  }

  private Optional<String> tokenInFile() throws IOException {
    Path file = value("HF_TOKEN_PATH").map(this::path).orElseGet(() -> home().resolve("token"));
    return Files.isRegularFile(file)
        ? Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty())
        : Optional.empty();
  }

  String endpoint() {
    return value("HF_ENDPOINT").map(String::strip).orElse("https://huggingface.co");
  }

  private boolean isTrue(String value) {
    return TRUE.contains(value.toUpperCase(Locale.ROOT));
  }

  /** A path as a user writes it: a leading {@code ~} is his folder, {@code $NAME} a variable. */
  private Path path(String written) {
    boolean ofUser = written.equals("~") || written.startsWith("~/");
    return Path.of(expanded(ofUser ? user() + written.substring(1) : written));
  }

  /** Variables that are not set stay as they are written. */
  private String expanded(String text) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            found -> Matcher.quoteReplacement(all.getOrDefault(name(found), found.group())));
  }

  private static String name(java.util.regex.MatchResult found) {
    return found.group(1) == null ? found.group(2) : found.group(1);
  }
}
