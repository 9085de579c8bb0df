package dev.dualprocess.cli.bench;

import dev.dualprocess.tensor.PeakMemory;
import java.util.ArrayList;
import java.util.List;

/** What is in use between the steps of a long run, so that one sees whether it grows. */
final class MemoryUse {
  /** By then, caches are full and every kernel was loaded. */
  private static final int SETTLED = 50;

  private final PeakMemory device;
  private final PeakMemory process = PeakMemory.of();
  private final List<Reading> readings = new ArrayList<>();

  /**
   * Bytes after a step.
   *
   * @param step counted from 1
   * @param deviceBytes in tensors on the device; those of the process on the CPU
   * @param processBytes resident on the host
   */
  record Reading(int step, long deviceBytes, long processBytes) {}

  MemoryUse(PeakMemory device) {
    this.device = device;
  }

  /** Reads every {@value #SETTLED} steps. */
  void afterStep(int step) {
    if (step % SETTLED == 0) {
      readings.add(new Reading(step, device.bytesNow(), process.bytesNow()));
    }
  }

  List<Reading> read() {
    return List.copyOf(readings);
  }
}
