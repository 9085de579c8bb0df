package dev.dualprocess.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Tries again what may succeed later, with pauses that double, or as long as the server asks.
 *
 * @param tuning how often and how long
 * @param listener is told of each pause
 */
record Retries(Tuning tuning, HubListener listener) {
  /** Something that may fail in passing. */
  interface Attempt<T> {
    T run() throws IOException;
  }

  /** Runs it, which people call {@code what}, until it succeeds or has failed too often. */
  <T> T run(String what, Attempt<T> attempt) throws IOException {
    return run(what, () -> 0, attempt);
  }

  /**
   * Runs it until it succeeds, fails for good, or has failed too often without progress.
   *
   * @param what it is, for people
   * @param progress a number that has changed if there was any
   */
  <T> T run(String what, LongSupplier progress, Attempt<T> attempt) throws IOException {
    int failed = 0;
    while (true) {
      long before = progress.getAsLong();
      try {
        return attempt.run();
      } catch (UnreachableException e) {
        throw new IOException(what + ": " + e.getMessage(), e);
      } catch (PassingException e) {
        failed = progress.getAsLong() == before ? failed + 1 : 1;
        if (failed >= tuning.attempts()) {
          throw new IOException(
              "%s: %s; tried %d times".formatted(what, e.getMessage(), failed), e);
        }
        pause(what, e, failed);
      }
    }
  }

  private void pause(String what, PassingException e, int failed) throws IOException {
    Duration doubled = tuning.pause().multipliedBy(1L << Math.min(failed - 1, 20));
    Duration asked = e.pause().orElse(doubled);
    Duration wait = asked.compareTo(tuning.longest()) > 0 ? tuning.longest() : asked;
    listener.waits(
        "%s: %s; again in %d s".formatted(what, e.getMessage(), (wait.toMillis() + 999) / 1000));
    sleep(wait);
  }

  static void sleep(Duration time) throws IOException {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the download was interrupted");
    }
  }
}
