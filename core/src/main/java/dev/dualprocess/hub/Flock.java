package dev.dualprocess.hub;

import com.sun.jna.Function;
import com.sun.jna.Native;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * {@code flock(2)}, which Python's lock is on Linux and macOS and which knows nothing of Java's
 * locks there. Where it cannot be called, Java's locks are all there is.
 */
final class Flock implements AutoCloseable {
  /** No such lock. */
  static final Flock NONE = new Flock(-1);

  /** Somebody else has it. */
  static final Flock BUSY = new Flock(-1);

  private static final int READ_WRITE = 2; // O_RDWR
  private static final int EXCLUSIVE_OR_FAIL = 2 | 4; // LOCK_EX | LOCK_NB
  private static final Set<Integer> TRY_AGAIN =
      Set.of(4, 11, 35); // EINTR, EAGAIN here and on macOS
  private static final boolean UNIX =
      !System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

  private final int descriptor;

  private Flock(int descriptor) {
    this.descriptor = descriptor;
  }

  /** The lock of that file, which exists; {@link #BUSY} if somebody else has it. */
  static Flock tryLock(Path path) {
    if (!UNIX) {
      return NONE;
    }
    try {
      int descriptor = c("open", path.toString(), READ_WRITE);
      if (descriptor < 0) {
        return NONE;
      }
      Flock lock = new Flock(descriptor);
      if (c("flock", descriptor, EXCLUSIVE_OR_FAIL) == 0) {
        return lock;
      }
      boolean busy = TRY_AGAIN.contains(Native.getLastError());
      lock.close();
      return busy ? BUSY : NONE;
    } catch (LinkageError | RuntimeException e) {
      return NONE;
    }
  }

  private static int c(String function, Object... arguments) {
    return Function.getFunction("c", function).invokeInt(arguments);
  }

  @Override
  public void close() {
    if (descriptor >= 0) {
      c("close", descriptor);
    }
  }
}
