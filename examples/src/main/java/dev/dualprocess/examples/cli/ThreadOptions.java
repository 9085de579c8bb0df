package dev.dualprocess.examples.cli;

import dev.dualprocess.tensor.Torch;
import picocli.CommandLine.Option;

/** How many threads libtorch computes with. */
final class ThreadOptions {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads for the CPU (default: as many as there are cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  /** Sets both of libtorch's thread pools. */
  void apply() {
    Torch.setThreads(threads);
  }
}
