package dev.dualprocess.cli;

import dev.dualprocess.models.ModelSource;
import dev.dualprocess.tensor.Torch;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How libtorch computes: threads, and what is faster but not the same. */
final class ThreadOptions {
  /** Of models with weights of less, a second thread takes longer to wake than it saves. */
  private static final long SMALL = 64L << 20;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads for the CPU (default: as many as there are cores; one for models of less than"
              + " 64 MiB, such as the bundled ones; in the studio one is left to the browser).")
  private @Nullable Integer threads;

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
    apply(cores());
  }

  /** {@link #apply()} for these models: small ones get one thread where nobody said otherwise. */
  void apply(ModelSource<?> generator, List<? extends ModelSource<?>> verifiers) {
    long bytes =
        Stream.concat(Stream.of(generator), verifiers.stream())
            .mapToLong(ModelSource::weightBytes)
            .sum();
    apply(bytes > 0 && bytes < SMALL ? 1 : cores());
  }

  /** {@link #apply()} beside a browser, which gets a core where nobody said otherwise. */
  void applyBesideBrowser() {
    apply(Math.max(1, cores() - 1));
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  private void apply(int unlessSaid) {
    Torch.setTf32(tf32);
    Torch.setFusedAttention(!noFusedAttention);
    Torch.setThreads(threads == null ? unlessSaid : threads);
    Torch.setBlasThreads(blasThreads);
  }
}
