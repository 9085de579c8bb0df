package dev.dualprocess.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A failure that may be gone when the same is tried again. */
final class PassingException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Duration> wait;

  /** That went wrong. */
  PassingException(String message) {
    super(message);
    wait = Optional.empty();
  }

  /** That went wrong, and why. */
  PassingException(String message, Throwable cause) {
    super(message, cause);
    wait = Optional.empty();
  }

  /** That went wrong, and the server says when to come again. */
  PassingException(String message, Optional<Duration> wait) {
    super(message);
    this.wait = wait;
  }

  /** How long the server asks to wait. */
  Optional<Duration> pause() {
    return wait;
  }
}
