package dev.dualprocess.spark;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.dualprocess.cli.JobReading;
import dev.dualprocess.cli.JobRunner;
import dev.dualprocess.cli.bulk.Job;
import dev.dualprocess.run.RunListener;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Models that stay open between jobs, and the one thread that uses them. */
final class OpenPair implements AutoCloseable {
  private final TaskPlace place;
  private final JobRunner runner;
  private final ExecutorService thread;
  private int group = -1;

  /** Opens nothing yet. */
  OpenPair(TaskPlace place) {
    this.place = place;
    runner = new JobRunner(new JobReading(place.device(), place.threads()));
    thread = Executors.newSingleThreadExecutor(OpenPair::named);
  }

  private static Thread named(Runnable work) {
    Thread thread = new Thread(work, "distill");
    thread.setDaemon(true);
    return thread;
  }

  TaskPlace place() {
    return place;
  }

  /** The group of its last job. */
  int group() {
    return group;
  }

  /** Begins a job; its exit code follows. */
  Future<Integer> begin(Job job, Path run, RunListener watcher) {
    group = job.group();
    return thread.submit(() -> runner.run(job, run, watcher));
  }

  /** How a job has failed. */
  JobFailure failure(ExecutionException ended) {
    Throwable reason = ended.getCause() == null ? ended : ended.getCause();
    return new JobFailure(runner.told(reason), reason);
  }

  @Override
  public void close() {
    try {
      Uninterruptibles.getUninterruptibly(thread.submit(runner::close));
    } catch (ExecutionException e) {
      throw new IllegalStateException("models cannot be closed", e);
    } finally {
      thread.shutdown();
    }
  }
}
