package dev.dualprocess.studio.work;

import dev.dualprocess.models.OpenedModels;
import dev.dualprocess.studio.StudioSettings;
import dev.dualprocess.studio.jobs.Announcer;
import dev.dualprocess.studio.jobs.JobFolder;
import dev.dualprocess.studio.jobs.JobQueue;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which models work. It runs the jobs one after the other, and between two steps,
 * or when there is no job, the short work that somebody waits for.
 */
public final class Workbench implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Workbench.class);
  private static final int MOST_WAITING = 200;

  private final OpenedModels models;
  private final JobQueue queue;
  private final JobRunner runner;
  private final BlockingDeque<Interlude<?>> waiting = new LinkedBlockingDeque<>(MOST_WAITING);
  private final Thread thread = new Thread(this::run, "studio-work");
  private volatile boolean closed;

  /** Short work with the models. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it, on the workbench's thread. */
    T with(OpenedModels models) throws Exception;
  }

  private record Interlude<T>(Needs needs, Work<T> work, CompletableFuture<T> result) {
    void run(OpenedModels models) {
      if (result.isCancelled()) {
        return;
      }
      try {
        result.complete(work.with(models));
      } catch (Exception | LinkageError | OutOfMemoryError e) {
        result.completeExceptionally(e);
      }
    }
  }

  /** A workbench that begins to work at {@link #start}. */
  public Workbench(StudioSettings settings, JobQueue queue, Announcer announcer) {
    this.models = new OpenedModels(settings.drawing(), settings.looking());
    this.queue = queue;
    this.runner = new JobRunner(models, queue, announcer, this::breathe);
  }

  /** Which models are open. */
  public Needs open() {
    OpenedModels.Names open = models.open();
    return new Needs(open.generator(), open.verifiers());
  }

  /** Begins with what waits in the queue. */
  public void start() {
    thread.start();
  }

  /** The job that is being run. */
  public JobRunner runner() {
    return runner;
  }

  /**
   * Has some short work done as soon as the models it needs are free.
   *
   * @throws RejectedExecutionException in one line, if too much is waiting already
   */
  public <T> CompletableFuture<T> soon(Needs needs, Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    if (closed || !waiting.offer(new Interlude<>(needs, work, result))) {
      throw new RejectedExecutionException("too much is waiting to be drawn; try again later");
    }
    return result;
  }

  private void run() {
    while (!closed) {
      try {
        next();
      } catch (RuntimeException e) {
        LOG.warn("the studio's queue: {}", String.valueOf(e.getMessage()), e);
        await();
      }
    }
    models.close();
  }

  /** Short work first, then the next job, else a moment's rest. */
  private void next() {
    @Nullable Interlude<?> waits = waiting.poll();
    if (waits != null) {
      waits.run(models);
      return;
    }
    Optional<JobFolder> job = queue.begin();
    if (job.isPresent()) {
      run(job.get());
    } else {
      await();
    }
  }

  private void run(JobFolder job) {
    try {
      runner.run(job);
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      LOG.warn("job {}: {}", job.id(), String.valueOf(e.getMessage()), e);
    } finally {
      queue.ended();
    }
  }

  private void await() {
    try {
      Interlude<?> next = waiting.poll(200, TimeUnit.MILLISECONDS);
      if (next != null) {
        next.run(models);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Between two steps of a job: what can be done with the models as they are. */
  private void breathe() {
    for (Iterator<Interlude<?>> all = waiting.iterator(); all.hasNext(); ) {
      Interlude<?> next = all.next();
      if (models.has(next.needs().generator(), next.needs().verifiers())) {
        all.remove();
        next.run(models);
      }
    }
  }

  /** Lets the job finish its step and save, and ends; what waits is not done. */
  @Override
  public void close() {
    closed = true;
    runner.stop(/* later= */ true);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    waiting.forEach(one -> one.result().cancel(false));
  }
}
