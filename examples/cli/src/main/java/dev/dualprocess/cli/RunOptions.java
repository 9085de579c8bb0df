package dev.dualprocess.cli;

import dev.dualprocess.run.RunFolder;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a run keeps its results and checkpoints, and whether it goes on from them. */
final class RunOptions {
  @Mixin private FolderOption out;

  @Option(names = "--resume", description = "Go on from the checkpoint in --out.")
  private boolean resume;

  @Option(names = "--overwrite", description = "Replace the results of an earlier run in --out.")
  private boolean overwrite;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      description = "Steps between checkpoints (default: 25).")
  private int checkpointEvery = 25;

  /** Judges the numbers before anything is loaded. */
  void check() {
    requirePositive("--checkpoint-every", checkpointEvery);
  }

  static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, not " + value);
    }
  }

  /** The folder, which may hold an earlier run. */
  RunFolder folder() throws IOException {
    return out.open();
  }

  /** Refuses to write over an earlier run unasked. */
  void requireNewRun(RunFolder folder) throws IOException {
    if (folder.hasResults() && !resume && !overwrite) {
      throw new IOException(
          out
              + ": holds the results of an earlier run; choose another --out, or add --resume or --overwrite");
    }
  }

  boolean resume() {
    return resume;
  }

  int checkpointEvery() {
    return checkpointEvery;
  }
}
