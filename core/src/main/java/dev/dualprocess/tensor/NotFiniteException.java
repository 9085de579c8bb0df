package dev.dualprocess.tensor;

/**
 * Numbers became NaN or infinite where only numbers are of use: a picture, a loss, what a text is
 * encoded to. The message says in one line where they arose, as far as that can be told.
 */
public final class NotFiniteException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** Told as in the message. */
  public NotFiniteException(String message) {
    super(message);
  }
}
