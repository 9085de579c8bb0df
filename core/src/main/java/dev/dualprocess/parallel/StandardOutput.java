package dev.dualprocess.parallel;

import com.sun.jna.Function;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Where native code prints: some of it writes to standard output, which is for results. */
final class StandardOutput {
  private static final int OUT = 1;
  private static final int ERR = 2;
  private static final boolean UNIX =
      !System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

  private static final AtomicBoolean DIVERTED = new AtomicBoolean();

  private StandardOutput() {}

  /** Runs {@code body}; what it prints on standard output appears on standard error. */
  static <T> T toError(Supplier<T> body) {
    int kept = DIVERTED.compareAndSet(false, true) ? call("dup", OUT) : -1;
    if (kept < 0) {
      return body.get(); // another thread has done so, or nobody can
    }
    System.out.flush();
    call("dup2", ERR, OUT);
    try {
      return body.get();
    } finally {
      call("dup2", kept, OUT);
      call("close", kept);
      DIVERTED.set(false);
    }
  }

  /** What the C library answers, or -1 where it cannot be called. */
  private static int call(String function, Object... arguments) {
    try {
      return UNIX ? Function.getFunction("c", function).invokeInt(arguments) : -1;
    } catch (LinkageError e) {
      return -1;
    }
  }
}
