package dev.dualprocess.cli;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.dualprocess.cli.bulk.WorkerProcess;
import dev.dualprocess.parallel.RankLostException;
import dev.dualprocess.parallel.Ranks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The other processes of a run whose steps several devices take. They end when this one does, or is
 * closed.
 */
final class RankProcesses implements AutoCloseable {
  private static final int PATIENCE = 60; // seconds, for processes that have nothing left to do

  private final List<WorkerProcess> others;
  private final Optional<Path> folder; // of what they print, and where they meet
  private final Ranks ranks;

  private RankProcesses(List<WorkerProcess> others, Optional<Path> folder, Ranks ranks) {
    this.others = others;
    this.folder = folder;
    this.ranks = ranks;
  }

  /** Starts them, of this command's arguments, and waits until all have met. */
  static RankProcesses start(
      List<String> args, int count, Optional<Path> from, Function<Path, Ranks> meet)
      throws IOException {
    if (count == 0) {
      return new RankProcesses(List.of(), Optional.empty(), Ranks.ALONE);
    }
    Path folder = Files.createTempDirectory("dualprocess-ranks");
    Path meeting = folder.resolve("meeting");
    List<WorkerProcess> others = new ArrayList<>();
    try {
      for (int rank = 1; rank <= count; rank++) {
        List<String> own = new ArrayList<>(args);
        own.addAll(List.of("--as-rank=" + rank, "--meeting=" + meeting));
        from.ifPresent(checkpoint -> own.add("--goes-on-from=" + checkpoint));
        others.add(
            WorkerProcess.start(DualProcess.class, own, folder.resolve("rank-" + rank + ".log")));
      }
      return new RankProcesses(others, Optional.of(folder), meet.apply(meeting));
    } catch (RankLostException e) {
      try (RankProcesses failed = new RankProcesses(others, Optional.of(folder), Ranks.ALONE)) {
        throw failed.told(e);
      }
    } catch (IOException | RuntimeException e) {
      new RankProcesses(others, Optional.of(folder), Ranks.ALONE).close();
      throw e;
    }
  }

  /** All of them, this one included. */
  Ranks ranks() {
    return ranks;
  }

  /** Why another was lost, in its own words where it had some. */
  IllegalStateException told(RankLostException lost) {
    for (WorkerProcess other : others) {
      if (hasFailed(other)) {
        return new IllegalStateException(
            "a process on another device has failed: " + other.lastLine(), lost);
      }
    }
    return lost;
  }

  private static boolean hasFailed(WorkerProcess other) {
    try {
      return other.process().waitFor(1, TimeUnit.SECONDS) && other.process().exitValue() != 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Waits for the others, which have come to their end too. */
  void finish() {
    for (WorkerProcess other : others) {
      try {
        if (!other.process().waitFor(PATIENCE, TimeUnit.SECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  @Override
  public void close() {
    ranks.close();
    others.forEach(other -> other.process().destroyForcibly());
    folder.ifPresent(RankProcesses::delete);
  }

  private static void delete(Path folder) {
    try {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      // It lies among temporary files.
    }
  }
}
