package dev.dualprocess.cli.bench;

import dev.dualprocess.cli.console.Console;
import dev.dualprocess.profile.Part;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code bench} found: time, memory and operations of an optimisation step, part by part.
 *
 * @param seconds of each part, the median over the steps
 * @param steps seconds of each step
 * @param flops floating-point operations of each part in one step
 * @param peakBytes the most memory in use in each part
 * @param weightBytes memory in use before the first step
 * @param matrixProductPeak operations a second of a large matrix product in the same run and dtype
 * @param losses of each step
 * @param memoryUse between steps of a long run
 */
public record BenchResult(
    Map<Part, Double> seconds,
    List<Double> steps,
    Map<Part, Long> flops,
    Map<Part, Long> peakBytes,
    long weightBytes,
    double matrixProductPeak,
    List<Double> losses,
    List<MemoryUse.Reading> memoryUse) {
  private static final double MIB = 1 << 20;
  private static final double GIGA = 1e9;

  /** Seconds of a step, the median. */
  public double secondsPerStep() {
    return median(steps);
  }

  /** Operations of a step. */
  public long flopsPerStep() {
    return flops.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How much of the machine's matrix product a step reaches. */
  public double fractionOfPeak() {
    return flopsPerStep() / secondsPerStep() / matrixProductPeak;
  }

  /** The most memory in use in a step. */
  public long peakBytesOfStep() {
    return peakBytes.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Prints the figures as a table for people. */
  public void print(Console console) {
    console.say("%-16s %9s %10s %11s %8s", "part", "seconds", "GFLOP", "GFLOP/s", "peak MiB");
    for (Part part : Part.values()) {
      double s = seconds.getOrDefault(part, 0.0);
      double gflop = flops.getOrDefault(part, 0L) / GIGA;
      console.say(
          "%-16s %9.4f %10.3f %11.1f %8.0f",
          part, s, gflop, s > 0 ? gflop / s : 0.0, peakBytes.getOrDefault(part, 0L) / MIB);
    }
    console.say(
        "%-16s %9.4f %10.3f %11.1f %8.0f",
        "step (median)",
        secondsPerStep(),
        flopsPerStep() / GIGA,
        flopsPerStep() / secondsPerStep() / GIGA,
        peakBytesOfStep() / MIB);
    console.say(
        "matrix product %.1f GFLOP/s; the step reaches %.1f %% of it; %.0f MiB before the first step",
        matrixProductPeak / GIGA, 100 * fractionOfPeak(), weightBytes / MIB);
    if (memoryUse.size() > 1) {
      MemoryUse.Reading first = memoryUse.get(0);
      MemoryUse.Reading last = memoryUse.get(memoryUse.size() - 1);
      console.say(
          "in use after step %d: %.1f MiB in tensors, %.1f MiB of the process; after step %d: %.1f and %.1f",
          first.step(),
          first.deviceBytes() / MIB,
          first.processBytes() / MIB,
          last.step(),
          last.deviceBytes() / MIB,
          last.processBytes() / MIB);
    }
  }

  /** The figures by name, for machines. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("secondsPerStep", secondsPerStep());
    map.put("steps", steps);
    map.put("secondsByPart", seconds);
    map.put("flopsPerStep", flopsPerStep());
    map.put("flopsByPart", flops);
    map.put("peakBytes", peakBytesOfStep());
    map.put("peakBytesByPart", peakBytes);
    map.put("bytesBeforeFirstStep", weightBytes);
    map.put("matrixProductFlopsPerSecond", matrixProductPeak);
    map.put("fractionOfMatrixProduct", fractionOfPeak());
    map.put("losses", losses);
    map.put("memoryUse", memoryUse);
    return map;
  }
}
