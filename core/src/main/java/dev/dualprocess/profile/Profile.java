package dev.dualprocess.profile;

import java.util.Map;

/**
 * Where the time, the memory and the operations of one step went.
 *
 * @param seconds of each part
 * @param peakBytes the most memory in use in each part: everything, not only what the part took
 * @param flops floating-point operations of each part; a multiplication and an addition are two
 */
public record Profile(Map<Part, Double> seconds, Map<Part, Long> peakBytes, Map<Part, Long> flops) {
  /** Copies the maps. */
  public Profile {
    seconds = Map.copyOf(seconds);
    peakBytes = Map.copyOf(peakBytes);
    flops = Map.copyOf(flops);
  }

  /** Seconds of the whole step. */
  public double secondsOfStep() {
    return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** The most bytes in use in any part. */
  public long peakBytesOfStep() {
    return peakBytes.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }
}
