package dev.dualprocess.spi;

import java.util.Optional;

/**
 * A plug-in, or a provider in it, that cannot be used, and why. Everything else works without it.
 *
 * @param origin its jar or folder
 * @param why a clause that goes on from there, in one line
 * @param cause what was thrown, if anything
 */
public record LeftOut(Origin origin, String why, Optional<Throwable> cause) {
  /** All of it in one sentence. */
  @Override
  public String toString() {
    return "plug-in %s: %s; left out".formatted(origin, why);
  }
}
