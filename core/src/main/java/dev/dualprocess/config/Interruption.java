package dev.dualprocess.config;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/** A thread was interrupted while it was at a file; its flag stays set. */
public final class Interruption {
  private Interruption() {}

  /** One that names the file, and what was done with it: {@code read} or {@code written}. */
  public static IOException of(Path path, String done, ClosedByInterruptException cause) {
    InterruptedIOException named =
        new InterruptedIOException(path + ": the thread was interrupted while it was " + done);
    named.initCause(cause);
    return named;
  }
}
