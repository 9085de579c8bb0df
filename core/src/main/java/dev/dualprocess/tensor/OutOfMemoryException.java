package dev.dualprocess.tensor;

import java.util.Objects;

/**
 * A device, the host or Java's heap had no room for what was asked, in one line with figures. What
 * was computed up to then has been freed, and models stay open: something smaller may follow.
 */
public final class OutOfMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private OutOfMemoryException(String line, Throwable cause) {
    super(line, cause);
  }

  /** What an allocator's error, of libtorch or of Java, says in one line. */
  public static OutOfMemoryException of(Throwable error) {
    return error instanceof OutOfMemoryException told
        ? told
        : new OutOfMemoryException(Shortage.line(error), error);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }

  /** The same shortage with more that should be known about it. */
  public OutOfMemoryException with(String more) {
    return new OutOfMemoryException(getMessage() + "; " + more, this);
  }
}
