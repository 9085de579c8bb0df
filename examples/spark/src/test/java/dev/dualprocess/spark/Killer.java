package dev.dualprocess.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Kills one executor while it is at a task, once some tasks have ended; then counts what was lost.
 */
final class Killer extends SparkListener {
  private static final long INTO_A_TASK = TimeUnit.MILLISECONDS.toNanos(300);

  private final int after;
  private final Map<Long, Running> running = new ConcurrentHashMap<>();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile boolean killed;

  private record Running(String executor, long since) {}

  /** Waits for so many tasks. */
  Killer(int after) {
    this.after = after;
    Thread thread = new Thread(this::lurk, "killer");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    running.put(
        start.taskInfo().taskId(), new Running(start.taskInfo().executorId(), System.nanoTime()));
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    running.remove(end.taskInfo().taskId());
    if (end.taskInfo().successful()) {
      ended.incrementAndGet();
    } else {
      lost.incrementAndGet();
    }
  }

  /** Whether it has killed. */
  boolean killed() {
    return killed;
  }

  /** How many tasks did not end well. */
  int lost() {
    return lost.get();
  }

  private void lurk() {
    try {
      while (!killed) {
        Thread.sleep(20);
        if (ended.get() >= after) {
          victim().ifPresent(this::kill);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<ProcessHandle> victim() {
    return running.values().stream()
        .filter(task -> System.nanoTime() - task.since() > INTO_A_TASK)
        .flatMap(
            task ->
                ProcessHandle.current()
                    .children()
                    .filter(child -> isExecutor(child, task.executor())))
        .findFirst();
  }

  private static boolean isExecutor(ProcessHandle child, String id) {
    try {
      return Files.readString(Path.of("/proc/" + child.pid() + "/cmdline"))
          .contains("--executor-id\0" + id + "\0");
    } catch (IOException e) {
      return false;
    }
  }

  private void kill(ProcessHandle victim) {
    killed = victim.destroyForcibly();
  }
}
