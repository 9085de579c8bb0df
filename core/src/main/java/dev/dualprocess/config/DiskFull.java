package dev.dualprocess.config;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What to tell of a file for which there is no room; the system's own words name none. */
public final class DiskFull {
  private static final Pattern WORDS =
      Pattern.compile("No space left|Disk quota exceeded|not enough space|disk is full");

  private DiskFull() {}

  /** One line that names {@code path}, if {@code e} says that there was no room; else {@code e}. */
  public static IOException explained(Path path, IOException e) {
    boolean full =
        Throwables.getCausalChain(e).stream()
            .anyMatch(cause -> WORDS.matcher(String.valueOf(cause.getMessage())).find());
    return full
        ? new IOException(
            path + ": no space left on the disk; make room there, or choose another place", e)
        : e;
  }
}
