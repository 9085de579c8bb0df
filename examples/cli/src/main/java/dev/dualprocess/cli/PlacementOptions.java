package dev.dualprocess.cli;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Device and dtype of a command's one model. */
final class PlacementOptions {
  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "cpu or cuda:N (default: the first GPU, else cpu).")
  private @Nullable String device;

  @Option(
      names = "--dtype",
      paramLabel = "fp32|bf16|fp16",
      description = "Of the weights (default: bf16 on a GPU, fp32 on the CPU).")
  private @Nullable String dtype;

  /** The placement that was asked for. */
  Placement placement() {
    return of(device, dtype);
  }

  /**
   * The placement for a device's name and a dtype's; null leaves the choice to this machine.
   *
   * @throws IllegalArgumentException in one line, if there is no such device here
   */
  static Placement of(@Nullable String device, @Nullable String dtype) {
    Placement placement = device == null ? Placement.automatic() : Placement.on(device);
    if (dtype != null) {
      placement = new Placement(placement.device(), Dtype.parse(dtype));
    }
    return placement.requireAvailable();
  }
}
