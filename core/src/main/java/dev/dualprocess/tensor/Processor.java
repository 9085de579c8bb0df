package dev.dualprocess.tensor;

import java.nio.file.Files;
import java.nio.file.Path;

/** What matters of the processor for those who compute on it. */
public final class Processor {
  private static final Path CPUS = Path.of("/sys/devices/system/cpu/cpu0");

  private Processor() {}

  /**
   * Whether it tells how large its caches are. Some virtual machines hide that, and oneDNN, which
   * plans by it, is then wrong or worse; what we know of it is worked around.
   */
  public static boolean tellsItsCaches() {
    return !Files.isDirectory(CPUS) || Files.isDirectory(CPUS.resolve("cache"));
  }
}
