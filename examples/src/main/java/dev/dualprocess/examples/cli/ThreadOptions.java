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

  @Option(
      names = "--blas-threads",
      paramLabel = "N",
      description = "Threads for fp32 matrix products on the CPU (default: 1).")
  private int blasThreads = 1;

  /** Sets both of libtorch's thread pools. */
  void apply() {
    Torch.setThreads(threads);
    Torch.setBlasThreads(blasThreads);
  }
}
