package dev.dualprocess.examples.cli;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;

/** Where a model goes, as the user says it, or by itself. */
final class PlacementOptions {
  private PlacementOptions() {}

  /**
   * The placement for a device's name and a dtype's; null leaves the choice to this machine.
   *
   * @throws IllegalArgumentException in one line, if there is no such device here
   */
  static Placement of(String device, String dtype) {
    Placement placement = device == null ? Placement.automatic() : Placement.on(device);
    if (dtype != null) {
      placement = new Placement(placement.device(), Dtype.parse(dtype));
    }
    return placement.requireAvailable();
  }
}
