package dev.dualprocess.hub;

import dev.dualprocess.config.Secrets;
import java.util.Objects;

/**
 * A secret by which the hub knows a person. It is never written anywhere: as text it is dots.
 *
 * @param secret the token itself
 */
public record AccessToken(String secret) {
  /**
   * It becomes part of a header.
   *
   * @throws IllegalArgumentException if it is empty or has characters that no token has
   */
  public AccessToken {
    Objects.requireNonNull(secret, "secret");
    if (secret.isEmpty() || !secret.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IllegalArgumentException(
          "the hub's token is empty or has a character that no token has, such as a blank or the end of"
              + " a line; see HF_TOKEN, or the file that HF_TOKEN_PATH names");
    }
    Secrets.keep(secret);
  }

  /** The value of the header {@code Authorization}. */
  String header() {
    return "Bearer " + secret;
  }

  @Override
  public String toString() {
    return "...";
  }
}
