package dev.dualprocess.cli;

import dev.dualprocess.tensor.Torch;
import picocli.CommandLine.Option;

/** How libtorch computes: threads, and what is faster but not the same. */
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

  @Option(names = "--tf32", description = "Let fp32 products on a GPU round their factors to TF32.")
  private boolean tf32;

  @Option(
      names = "--no-fused-attention",
      description = "Compute attention step by step, with all scores in memory.")
  private boolean noFusedAttention;

  /** Sets both of libtorch's thread pools, and how it computes. */
  void apply() {
    Torch.setTf32(tf32);
    Torch.setFusedAttention(!noFusedAttention);
    Torch.setThreads(threads);
    Torch.setBlasThreads(blasThreads);
  }
}
