package dev.dualprocess.hub;

import dev.dualprocess.config.Secrets;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which hub, who asks, and where files are kept. Immutable.
 *
 * @param endpoint the hub's address, without a slash at its end
 * @param token of the person who asks, if there is one
 * @param cache the folder that Python's huggingface_hub shares
 * @param offline whether nothing may be asked of the hub
 */
public record HubSettings(URI endpoint, Optional<AccessToken> token, Path cache, boolean offline) {
  /**
   * All are needed.
   *
   * @throws IllegalArgumentException if the endpoint is not an address of http or https, or the
   *     cache is a file
   */
  public HubSettings {
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(cache, "cache");
    if (Files.exists(cache) && !Files.isDirectory(cache)) {
      throw new IllegalArgumentException(
          "the hub's cache %s is a file, not a folder; see HF_HUB_CACHE and HF_HOME"
              .formatted(cache));
    }
    Secrets.keepAddress(endpoint.toString());
    String scheme = String.valueOf(endpoint.getScheme());
    if (!scheme.matches("(?i)https?") || endpoint.getHost() == null) {
      throw new IllegalArgumentException(
          "HF_ENDPOINT: '%s' is not an address such as https://huggingface.co".formatted(endpoint));
    }
    endpoint = URI.create(endpoint.toString().replaceFirst("/+$", ""));
  }

  /** By this process's environment. */
  public static HubSettings ofUser() throws IOException {
    return of(System.getenv());
  }

  /**
   * By variables: {@code HF_HUB_CACHE}, {@code HUGGINGFACE_HUB_CACHE}, {@code HF_HOME}, {@code
   * XDG_CACHE_HOME}; {@code HF_TOKEN}, {@code HUGGING_FACE_HUB_TOKEN}, {@code HF_TOKEN_PATH};
   * {@code HF_ENDPOINT}; {@code HF_HUB_OFFLINE}, {@code TRANSFORMERS_OFFLINE}.
   *
   * @throws IOException if there is a token file that cannot be read
   * @throws IllegalArgumentException in one line, if one has a value that cannot be meant
   */
  public static HubSettings of(Map<String, String> variables) throws IOException {
    HubVariables given = new HubVariables(variables);
    return new HubSettings(
        address(given.endpoint()),
        given.token().map(AccessToken::new),
        given.cache(),
        given.offline());
  }

  private static URI address(String written) {
    try {
      return URI.create(written);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("HF_ENDPOINT: '" + written + "' is not an address", e);
    }
  }

  /** Where the content of a file is. */
  URI content(Repo repo, RepoFile file) {
    String path =
        Arrays.stream(file.path().split("/"))
            .map(Listing::encoded)
            .collect(Collectors.joining("/"));
    return URI.create("%s/%s/resolve/%s/%s".formatted(endpoint, repo.id(), repo.commit(), path));
  }

  /** The page where people see a model, and ask for access to it. */
  public URI page(HubId id) {
    return URI.create(endpoint + "/" + id);
  }
}
