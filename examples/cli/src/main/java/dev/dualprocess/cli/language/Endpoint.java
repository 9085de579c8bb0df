package dev.dualprocess.cli.language;

import dev.dualprocess.config.Secrets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * An OpenAI-compatible HTTP endpoint: where it is, and how patiently it is asked.
 *
 * @param baseUrl such as {@code http://localhost:8000/v1}; OpenAI's own if empty
 * @param apiKey sent with every request, told to nobody else
 * @param timeout of one request
 * @param retries after a failure that may pass: 408, 409, 429, 500 and above, a broken connection,
 *     a time-out; waiting longer each time, or as long as the server asks for
 * @param requestsPerMinute at most so many; 0 for no limit
 */
public record Endpoint(
    Optional<String> baseUrl,
    String apiKey,
    Duration timeout,
    int retries,
    double requestsPerMinute) {
  /** Where the address comes from. */
  public static final String BASE_URL = "OPENAI_BASE_URL";

  /** Where the key comes from. */
  public static final String API_KEY = "OPENAI_API_KEY";

  /** Checks the ranges. */
  public Endpoint {
    Secrets.keep(apiKey);
    baseUrl.ifPresent(Secrets::keepAddress);
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("a request needs time, not " + timeout);
    }
    if (retries < 0) {
      throw new IllegalArgumentException("cannot retry " + retries + " times");
    }
    if (!(requestsPerMinute >= 0)) {
      throw new IllegalArgumentException("cannot make " + requestsPerMinute + " requests a minute");
    }
  }

  /**
   * The endpoint that the environment names.
   *
   * @throws IllegalArgumentException in one line, if there is neither a key nor an address of one's
   *     own
   */
  public static Endpoint of(
      Map<String, String> environment, Duration timeout, int retries, double requestsPerMinute) {
    Optional<String> url = given(environment, BASE_URL);
    Optional<String> key = given(environment, API_KEY);
    if (url.isEmpty() && key.isEmpty()) {
      throw new IllegalArgumentException(
          "no %s in the environment; set it, or %s for a server of your own"
              .formatted(API_KEY, BASE_URL));
    }
    return new Endpoint(url, key.orElse("none"), timeout, retries, requestsPerMinute);
  }

  private static Optional<String> given(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /** The address, without the key, or a name and password in it. */
  @Override
  public String toString() {
    return Secrets.masked(baseUrl.orElse("OpenAI"));
  }
}
