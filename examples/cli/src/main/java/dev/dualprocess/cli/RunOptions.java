package dev.dualprocess.cli;

import dev.dualprocess.config.Counts;
import dev.dualprocess.distill.DistillationException;
import dev.dualprocess.distill.DivergedException;
import dev.dualprocess.run.RunFolder;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a run keeps its results and checkpoints, and whether it goes on from them. */
final class RunOptions {
  private static final int MOST = 1_000_000;

  @Mixin private ResultsOptions out;

  @Option(names = "--resume", description = "Go on from the checkpoint in --out.")
  private boolean resume;

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

  /** Of what is drawn or asked one by one: at least 1, and no more than anybody waits for. */
  static void requireCount(String option, int value) {
    requirePositive(option, value);
    Counts.requireAtMost(option, value, MOST);
  }

  /** That seeds which follow a first one do not run out. */
  static void requireSeeds(String option, long first, String countOption, int count) {
    if (first > Long.MAX_VALUE - (count - 1)) {
      throw new IllegalArgumentException(
          "%s %d with %s %d goes past the largest seed, %d"
              .formatted(option, first, countOption, count, Long.MAX_VALUE));
    }
  }

  /** The folder, which may hold an earlier run; the caller closes it. */
  RunFolder folder() throws IOException {
    RunFolder folder = out.openBesideResults();
    try {
      folder.requireRoomForRun();
      return folder;
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  /** Refuses to write over an earlier run unasked; if asked, what it was at is forgotten. */
  void requireNewRun(RunFolder folder) throws IOException {
    if (resume) {
      return;
    }
    if (out.overwrite()) {
      folder.removeEarlierRun();
    }
    if (folder.hasResults()) {
      throw new IOException(
          out
              + ": holds the results of an earlier run; choose another --out, or add --resume or --overwrite");
    }
    if (folder.hasCheckpoint()) {
      throw new IOException(
          out
              + ": holds a run that has not ended; add --resume to go on with it, or --overwrite, or"
              + " choose another --out");
    }
  }

  /**
   * A run that diverged, with how to go on.
   *
   * @param option that lowers its learning rate
   * @param rate that it had
   */
  static DistillationException withAdvice(DivergedException diverged, String option, double rate) {
    String lower = String.format(Locale.ROOT, "%s %.2g", option, rate / 10);
    return new DistillationException(
        "%s; %s %s"
            .formatted(
                diverged.getMessage(),
                diverged.kept() > 0 ? "continue with --resume" : "start again with",
                lower));
  }

  boolean resume() {
    return resume;
  }

  int checkpointEvery() {
    return checkpointEvery;
  }
}
