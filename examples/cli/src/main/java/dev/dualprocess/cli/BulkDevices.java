package dev.dualprocess.cli;

import dev.dualprocess.tensor.Placement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The devices of a bulk's workers. */
final class BulkDevices {
  private static final Pattern CPU = Pattern.compile("cpu(?::(\\d{1,4}))?");

  private BulkDevices() {}

  /**
   * One for each worker.
   *
   * @param written cuda:N, cpu, or cpu:N for N workers; empty for one where this machine is best
   * @throws ParameterException in one line, if there is no such device here
   */
  static List<String> of(List<String> written, CommandLine command) {
    if (written.isEmpty()) {
      return List.of(Placement.automatic().device());
    }
    List<String> devices = new ArrayList<>();
    for (String device : written) {
      Matcher cpu = CPU.matcher(device.strip());
      if (cpu.matches()) {
        int workers = cpu.group(1) == null ? 1 : Integer.parseInt(cpu.group(1));
        RunOptions.requirePositive("--devices cpu:N", workers);
        devices.addAll(Collections.nCopies(workers, "cpu"));
      } else {
        devices.add(available(device.strip(), command));
      }
    }
    return devices;
  }

  private static String available(String device, CommandLine command) {
    try {
      return PlacementOptions.of(device, null).device();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, "--devices: " + e.getMessage(), e);
    }
  }
}
