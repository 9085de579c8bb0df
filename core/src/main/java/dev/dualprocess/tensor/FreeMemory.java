package dev.dualprocess.tensor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much memory could still be taken on a device. */
public final class FreeMemory {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");
  private static final long KIB = 1024;

  private FreeMemory() {}

  /**
   * Bytes that are free where {@code placement} is. On the host, files that are only cached count
   * as free, and a container's limit is kept.
   */
  public static long bytes(Placement placement) {
    return placement.device().startsWith("cuda") ? CudaMemory.free(placement) : host();
  }

  private static long host() {
    long free = hostAlone();
    return Math.min(free, ControlGroup.roomOfProcess().orElse(free));
  }

  private static long hostAlone() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long free = system.getFreeMemorySize();
    try {
      List<String> lines = Files.isReadable(MEMINFO) ? Files.readAllLines(MEMINFO) : List.of();
      for (String line : lines) {
        Matcher available = AVAILABLE.matcher(line);
        if (available.matches()) {
          long bytes = Long.parseLong(available.group(1)) * KIB;
          return Math.min(Math.max(free, bytes), system.getTotalMemorySize());
        }
      }
    } catch (IOException e) {
      // The JVM's own figure is lower: it counts cached files as used.
      return free;
    }
    return free;
  }
}
