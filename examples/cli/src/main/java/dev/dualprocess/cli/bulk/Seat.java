package dev.dualprocess.cli.bulk;

import dev.dualprocess.cli.bulk.Attempt.Outcome;
import dev.dualprocess.cli.console.Interrupt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A worker's place: a device, on which one process follows another when that has died. */
final class Seat implements AutoCloseable {
  private static final int MOST_DEATHS = 3;

  private final BulkFolder folder;
  private final String device;
  private final Path log;
  private final Starter starter;
  private @Nullable WorkerProcess process;
  private boolean stopping;
  private boolean over;
  private int idleDeaths;

  /** Starts a worker's process. */
  @FunctionalInterface
  interface Starter {
    WorkerProcess start(Path log) throws IOException;
  }

  Seat(BulkFolder folder, String device, Path log, Starter starter) {
    this.folder = folder;
    this.device = device;
    this.log = log;
    this.starter = starter;
  }

  /** Starts its first process. */
  synchronized void begin() throws IOException {
    process = starter.start(log);
    if (stopping) {
      process.stop();
    }
  }

  /** Whether it needs no process any more. */
  boolean over() {
    return over;
  }

  /** Lets its process stop after its step; no other follows. */
  synchronized void stop() {
    stopping = true;
    if (process != null) {
      process.stop();
    }
  }

  /** Sees to a process that has ended. */
  void tend(List<Job> jobs, int retries) throws IOException {
    WorkerProcess ended = process;
    if (over || ended == null || ended.process().isAlive()) {
      return;
    }
    int code = ended.process().exitValue();
    if (code == 0 || code == Interrupt.EXIT_CODE) {
      over = true;
      return;
    }
    boolean worked = noteDeath(ended, folder.standings(jobs, retries));
    idleDeaths = worked || code == Worker.REPLACE ? 0 : idleDeaths + 1;
    if (idleDeaths == MOST_DEATHS) {
      throw new IOException(
          "no worker stays alive on %s: %s (%s)".formatted(device, ended.lastLine(), ended.log()));
    }
    if (stopping) {
      over = true;
    } else {
      begin();
    }
  }

  /** Whether it died at a job, which has failed thereby. */
  private boolean noteDeath(WorkerProcess ended, Map<Job, Standing> standings) throws IOException {
    for (Map.Entry<Job, Standing> each : standings.entrySet()) {
      Optional<Attempt> broken = each.getValue().openTryOf(ended.name());
      if (broken.isPresent()) {
        folder.note(each.getKey(), broken.get().ended(Outcome.FAILED, ended.ending(), 0));
        return true;
      }
    }
    return false;
  }

  /** Ends its process at once. */
  @Override
  public synchronized void close() {
    if (process != null) {
      process.process().destroyForcibly();
    }
  }
}
