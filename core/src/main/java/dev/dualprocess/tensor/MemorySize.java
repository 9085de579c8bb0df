package dev.dualprocess.tensor;

import java.util.Locale;

/**
 * An amount of memory as people read it: {@code 22.2 GiB}, {@code 96 MiB}.
 *
 * @param bytes at least 0
 */
public record MemorySize(long bytes) {
  private static final double MIB = 1 << 20;
  private static final double GIB = 1 << 30;

  /** In GiB with one decimal from 1 GiB on, else in whole MiB, at least one where there is any. */
  @Override
  public String toString() {
    return bytes >= GIB
        ? String.format(Locale.ROOT, "%.1f GiB", bytes / GIB)
        : String.format(Locale.ROOT, "%.0f MiB", Math.ceil(bytes / MIB));
  }
}
