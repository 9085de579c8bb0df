package dev.dualprocess.weights;

import dev.dualprocess.config.OneLine;
import java.io.IOException;

/**
 * A checkpoint that cannot be used; the message names the file and says in one line what is wrong
 * with it.
 */
public final class CheckpointException extends IOException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the file. */
  public CheckpointException(String message) {
    super(OneLine.of(message));
  }

  /** With a message that names the file, and what led to it. */
  public CheckpointException(String message, Throwable cause) {
    super(OneLine.of(message), cause);
  }
}
