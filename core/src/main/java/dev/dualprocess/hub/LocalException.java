package dev.dualprocess.hub;

import java.io.IOException;

/** Something that went wrong on this machine, or that no server could mend: not tried again. */
final class LocalException extends IOException {
  private static final long serialVersionUID = 1L;

  /** In one line. */
  LocalException(String message) {
    super(message);
  }

  /** In one line. */
  LocalException(String message, Throwable cause) {
    super(message, cause);
  }
}
