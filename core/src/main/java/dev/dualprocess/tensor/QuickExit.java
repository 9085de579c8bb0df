package dev.dualprocess.tensor;

import com.sun.jna.Function;
import com.sun.jna.Pointer;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An end of the process with nothing destroyed under threads that still run. */
final class QuickExit {
  private static final Logger LOG = LoggerFactory.getLogger(QuickExit.class);

  private QuickExit() {}

  /**
   * Makes {@code _exit} the first of the process's exit handlers: they run last come, first served,
   * so that those of libraries loaded up to now are not reached. The status is handed on.
   */
  static void register() {
    if (!Loader.getPlatform().startsWith("linux")) {
      return; // on_exit is glibc's
    }
    try {
      Function.getFunction("c", "on_exit")
          .invokeInt(new Object[] {Function.getFunction("c", "_exit"), Pointer.NULL});
    } catch (LinkageError | RuntimeException e) {
      LOG.warn("a program ended while it computes may crash: {}", Torch.message(e));
    }
  }
}
