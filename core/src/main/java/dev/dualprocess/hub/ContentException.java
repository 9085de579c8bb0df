package dev.dualprocess.hub;

import java.io.IOException;

/** A server sends something else than it promised. */
final class ContentException extends IOException {
  private static final long serialVersionUID = 1L;

  /** In what way, of a file named by whoever catches this. */
  ContentException(String message) {
    super(message);
  }
}
