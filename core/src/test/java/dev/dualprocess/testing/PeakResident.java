package dev.dualprocess.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The most memory that this process had in use since a moment, as Linux counts it. */
public final class PeakResident {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  private PeakResident() {}

  /** From now on; gives what is in use now. */
  public static long restart() throws IOException {
    Files.writeString(CLEAR, "5");
    return field("VmRSS:");
  }

  /** The most since then. */
  public static long bytes() throws IOException {
    return field("VmHWM:");
  }

  private static long field(String name) throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
