package dev.dualprocess.cli.bulk;

import dev.dualprocess.cli.bulk.Attempt.Outcome;
import dev.dualprocess.cli.console.Interrupt;
import dev.dualprocess.distill.DistillationException;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One of the processes that carry out jobs: takes a job that nobody has, rather one of the models
 * that it has open, and the next, until all have ended. What it does for others is in the folder.
 */
public final class Worker {
  /** The exit code of a process that another is to replace: what failed may have harmed it. */
  public static final int REPLACE = 75;

  private static final long PAUSE = 300;
  private static final int FREE_AFTER = 20; // pauses

  private final BulkFolder folder;
  private final List<Job> jobs;
  private final int retries;
  private final String device;
  private final Runner runner;
  private final StopSignal stop = new StopSignal();
  private int group = -1;

  /** How a job is carried out. */
  public interface Runner {
    /**
     * Carries out a job, going on from a checkpoint.
     *
     * @param folder of its run
     * @return the exit code that {@code distill} has
     */
    int run(Job job, Path folder, RunListener watcher) throws IOException;

    /** What people are told of a failure, in one line. */
    String told(Throwable failure);
  }

  /** Prepares it. */
  public Worker(BulkFolder folder, List<Job> jobs, int retries, String device, Runner runner) {
    this.folder = folder;
    this.jobs = jobs;
    this.retries = retries;
    this.device = device;
    this.runner = runner;
  }

  /**
   * Works until every job has ended, or it is asked to stop.
   *
   * @param parent says when to stop, and ends with the parent
   * @return the exit code of the process
   */
  public int work(InputStream parent) throws IOException {
    ParentLine.listen(parent, stop);
    while (!stop.requested()) {
      Map<Job, Standing> standings = folder.standings(jobs, retries);
      if (standings.values().stream().allMatch(standing -> standing.state().isFinal())) {
        return 0;
      }
      Optional<Map.Entry<Job, Standing>> next = next(standings);
      if (next.isEmpty()) {
        pause();
      } else if (!take(next.get().getKey(), next.get().getValue())) {
        return REPLACE;
      }
    }
    return Interrupt.EXIT_CODE;
  }

  /** Those that failed come last, those of other models behind those of the same. */
  private Optional<Map.Entry<Job, Standing>> next(Map<Job, Standing> standings) {
    return standings.entrySet().stream()
        .filter(entry -> entry.getValue().state() == JobState.WAITING)
        .min(
            Comparator.<Map.Entry<Job, Standing>>comparingLong(e -> e.getValue().failures())
                .thenComparing(e -> e.getKey().group() != group));
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether this process can go on afterwards. */
  private boolean take(Job job, Standing standing) throws IOException {
    Optional<Attempt> claimed = folder.claim(job, standing, device);
    if (claimed.isEmpty()) {
      return true;
    }
    group = job.group();
    Attempt attempt = claimed.get();
    long start = System.nanoTime();
    try (Heartbeat beats = folder.heartbeat(job, attempt)) {
      awaitFree(job);
      int code = runner.run(job, folder.run(job), stop);
      Outcome outcome = code == 0 ? Outcome.DONE : Outcome.STOPPED;
      folder.note(job, attempt.ended(outcome, "", since(start)));
      return true;
    } catch (IOException | RuntimeException | Error e) {
      folder.note(job, attempt.ended(Outcome.FAILED, runner.told(e), since(start)));
      return isHarmless(e);
    }
  }

  /** Whoever looks whether a process is still there holds its folder for a moment. */
  private void awaitFree(Job job) {
    for (int i = 0; i < FREE_AFTER && RunFolder.isBeingWritten(folder.run(job)); i++) {
      pause();
    }
  }

  private static double since(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  /** Whether the process can go on after a job has failed so. */
  public static boolean isHarmless(Throwable e) {
    return e instanceof IOException
        || e instanceof IllegalArgumentException
        || e instanceof DistillationException;
  }
}
