package dev.dualprocess.evaluate;

import dev.dualprocess.run.RunListener;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Judges every record that is not judged yet, each device taking the next one as soon as it is
 * free. A record that was judged is never judged again.
 *
 * @param <R> a record
 * @param <J> what is found of it
 */
public final class Benchmark<R, J extends Judged> {
  private final List<R> records;
  private final JudgedRecords<J> judged;
  private final RunListener watcher;

  /** Opens one device's models and judges with them. */
  @FunctionalInterface
  public interface Workers<R, J> {
    /** Opens them on that device; {@code work} is called once, with the models open. */
    void open(Placement placement, Work<R, J> work) throws IOException;
  }

  /** What a worker does while its models are open. */
  @FunctionalInterface
  public interface Work<R, J> {
    /** Judges records until there are no more. */
    void with(Judging<R, J> judging) throws IOException;
  }

  /** How a record is drawn and judged, with the models of one device. */
  @FunctionalInterface
  public interface Judging<R, J> {
    /** Draws and judges all rows of one record. */
    J judge(int index, R record) throws IOException;
  }

  /** Judges those records and keeps what was found in those files. */
  public Benchmark(List<R> records, JudgedRecords<J> judged, RunListener watcher) {
    this.records = List.copyOf(records);
    this.judged = judged;
    this.watcher = watcher;
  }

  /** Whether the folder holds judged records already. */
  public boolean begun() {
    return judged.any();
  }

  /**
   * Judges what is left. Whoever watches may end it early: every worker then finishes its record.
   *
   * @return whether it was interrupted
   * @throws IOException the first failure of any worker, after the others have finished their
   *     records
   */
  public boolean run(List<Placement> devices, Workers<R, J> workers) throws IOException {
    List<J> done = judged.all(records.size());
    List<Integer> doneIndices = done.stream().map(Judged::index).toList();
    ConcurrentLinkedQueue<Integer> left = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < records.size(); i++) {
      if (!doneIndices.contains(i)) {
        left.add(i);
      }
    }
    if (left.isEmpty()) {
      return false;
    }
    AtomicBoolean interrupted = new AtomicBoolean();
    AtomicBoolean stopping = new AtomicBoolean();
    Runnable stop =
        () -> {
          interrupted.set(true);
          stopping.set(true);
        };
    ExecutorService threads = Executors.newFixedThreadPool(devices.size());
    try (RunListener.Progress bar =
        watcher.progress("Judging", records.size(), done.size(), stop)) {
      ExecutorCompletionService<Void> running = new ExecutorCompletionService<>(threads);
      for (Placement device : devices) {
        running.submit(
            () -> {
              workers.open(device, judging -> work(judging, left, stopping, bar));
              return null;
            });
      }
      await(running, devices.size(), stopping);
      return interrupted.get();
    } finally {
      threads.shutdown();
    }
  }

  private void work(
      Judging<R, J> judging,
      ConcurrentLinkedQueue<Integer> left,
      AtomicBoolean stopping,
      RunListener.Progress bar)
      throws IOException {
    Integer next = stopping.get() ? null : left.poll();
    while (next != null) {
      J found = judging.judge(next, records.get(next));
      synchronized (bar) {
        judged.write(found);
        bar.piece();
        watcher.event("record", Map.of("index", next, "rows", found.rows()));
      }
      next = stopping.get() ? null : left.poll();
    }
  }

  /** Waits for every worker; the first failure lets the others stop after their records. */
  private static void await(
      ExecutorCompletionService<Void> running, int workers, AtomicBoolean stopping)
      throws IOException {
    List<Throwable> failures = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      try {
        running.take().get();
      } catch (ExecutionException e) {
        stopping.set(true);
        failures.add(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    if (!failures.isEmpty()) {
      Throwable first = failures.get(0);
      if (first instanceof IOException e) {
        throw e;
      }
      if (first instanceof RuntimeException e) {
        throw e;
      }
      if (first instanceof Error e) {
        throw e;
      }
      throw new IOException(first);
    }
  }

  /** Every record that was judged, in their order. */
  public List<J> judged() throws IOException {
    return judged.all(records.size());
  }
}
