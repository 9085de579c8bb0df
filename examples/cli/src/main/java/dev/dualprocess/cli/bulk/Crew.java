package dev.dualprocess.cli.bulk;

import dev.dualprocess.run.RunListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The workers of one program. It starts a process for each, and another where one has died, and
 * tells what it reads in the folder; who does what is the processes' own affair.
 */
public final class Crew {
  private static final long PAUSE = 200;

  private final BulkFolder folder;
  private final List<Job> jobs;
  private final int retries;
  private final RunListener watcher;
  private final Set<String> told = new HashSet<>();
  private volatile boolean interrupted;

  /** Prepares it. */
  public Crew(BulkFolder folder, List<Job> jobs, int retries, RunListener watcher) {
    this.folder = folder;
    this.jobs = jobs;
    this.retries = retries;
    this.watcher = watcher;
  }

  /** The arguments of a worker on a device. */
  @FunctionalInterface
  public interface Arguments {
    /** Of the program, for the jobs in that file. */
    List<String> of(Path jobs, String device);
  }

  /**
   * Works until every job has ended.
   *
   * @param devices one for each worker
   * @param main class of the program that works
   * @return whether it was interrupted
   */
  public boolean work(List<String> devices, Class<?> main, Arguments arguments) throws IOException {
    Path file = folder.writeJobs(jobs);
    List<Seat> seats = new ArrayList<>();
    long me = ProcessHandle.current().pid();
    for (String device : devices) {
      Path log = folder.logs().resolve("worker-%d-%d.log".formatted(me, seats.size() + 1));
      List<String> args = arguments.of(file, device);
      seats.add(new Seat(folder, device, log, to -> WorkerProcess.start(main, args, to)));
    }
    try {
      watch(seats);
    } finally {
      seats.forEach(Seat::close);
    }
    return interrupted;
  }

  private void watch(List<Seat> seats) throws IOException {
    Map<Job, Standing> before = folder.standings(jobs, retries);
    int done = ended(before);
    before.forEach((job, standing) -> standing.tries().forEach(t -> told.add(key(job, t))));
    if (done == jobs.size()) {
      return;
    }
    Runnable stop =
        () -> {
          interrupted = true;
          seats.forEach(Seat::stop);
        };
    try (RunListener.Progress bar = watcher.progress("Jobs", jobs.size(), done, stop)) {
      for (Seat seat : seats) {
        seat.begin();
      }
      while (!seats.stream().allMatch(Seat::over)) {
        pause();
        for (Seat seat : seats) {
          seat.tend(jobs, retries);
        }
        done = tell(folder.standings(jobs, retries), bar, done);
      }
    }
  }

  private static int ended(Map<Job, Standing> standings) {
    return (int) standings.values().stream().filter(s -> s.state().isFinal()).count();
  }

  private int tell(Map<Job, Standing> standings, RunListener.Progress bar, int done) {
    standings.forEach((job, standing) -> standing.tries().forEach(t -> tell(job, t)));
    int now = ended(standings);
    for (int i = done; i < now; i++) {
      bar.piece();
    }
    return now;
  }

  private void tell(Job job, Attempt attempt) {
    if (attempt.outcome() == Attempt.Outcome.RUNNING || !told.add(key(job, attempt))) {
      return;
    }
    watcher.event(
        "job",
        Map.of(
            "name", job.name(),
            "try", attempt.number(),
            "outcome", attempt.outcome().toString().toLowerCase(java.util.Locale.ROOT),
            "reason", attempt.reason(),
            "device", attempt.device(),
            "seconds", attempt.seconds()));
    if (attempt.outcome() == Attempt.Outcome.FAILED) {
      watcher.say("%s failed: %s", job.name(), attempt.reason());
    }
  }

  private static String key(Job job, Attempt attempt) {
    return job.name() + "." + attempt.number() + "." + attempt.outcome();
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
