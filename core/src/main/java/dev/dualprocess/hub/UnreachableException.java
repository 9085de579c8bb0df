package dev.dualprocess.hub;

import java.io.IOException;

/** There is no way to the hub, and trying again will not find one; who asked adds what for. */
final class UnreachableException extends IOException {
  private static final long serialVersionUID = 1L;

  UnreachableException(String message) {
    super(message);
  }

  UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
