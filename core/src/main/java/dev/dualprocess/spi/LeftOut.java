package dev.dualprocess.spi;

import java.util.Optional;

/**
 * A plug-in, or a provider in it, that cannot be used, and why. Everything else works without it.
 *
 * @param origin its jar or folder
 * @param what the part of it that fails, such as the name of a class
 * @param why what it does or lacks, in one line that goes on from there
 * @param cause what was thrown, if anything
 */
public record LeftOut(Origin origin, String what, String why, Optional<Throwable> cause) {
  /** All of it in one sentence. */
  @Override
  public String toString() {
    return "plug-in %s: %s %s; left out".formatted(origin, what, why);
  }
}
