package dev.dualprocess.studio.work;

import dev.dualprocess.config.OneLine;
import dev.dualprocess.config.Secrets;
import dev.dualprocess.models.OpenedModels;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.studio.jobs.Announcer;
import dev.dualprocess.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Short work that people wait for and may cancel: probes, audits, suggestions. Thread-safe. */
public final class Tasks {
  private static final int REMEMBERED = 50;

  private final Workbench workbench;
  private final Announcer announcer;
  private final AtomicInteger count = new AtomicInteger();
  private final Map<String, Task> tasks = new LinkedHashMap<>();

  /** Tasks that are done on that workbench. */
  public Tasks(Workbench workbench, Announcer announcer) {
    this.workbench = workbench;
    this.announcer = announcer;
  }

  /** Hears how far a task is, and of what it has found before its end. */
  public interface Watcher extends RunListener {
    /** The result as far as it is there; it is told with the next piece. */
    void soFar(Object part);
  }

  /** What a task does. */
  @FunctionalInterface
  public interface Body {
    /** Does it, and tells the watcher how far it is. */
    Object with(OpenedModels models, Watcher watcher) throws Exception;
  }

  /** Begins a task. */
  public Map<String, Object> begin(String kind, String text, Needs needs, Body body) {
    Task task = new Task("t" + count.incrementAndGet(), kind, text);
    remember(task);
    CompletableFuture<?> unused =
        workbench.soon(
            needs,
            models -> {
              task.run(() -> body.with(models, task));
              return task;
            });
    return task.toMap();
  }

  /** What a task does that needs no model that is open. */
  @FunctionalInterface
  public interface Aside {
    /** Does it, and tells the watcher how far it is. */
    Object with(Watcher watcher) throws Exception;
  }

  /** Begins a task beside the workbench, on a thread of its own. */
  public Map<String, Object> beginAside(String kind, String text, Aside body) {
    Task task = new Task("t" + count.incrementAndGet(), kind, text);
    remember(task);
    Thread thread = new Thread(() -> task.run(() -> body.with(task)), "studio-" + kind);
    thread.setDaemon(true);
    thread.start();
    return task.toMap();
  }

  private synchronized void remember(Task task) {
    tasks.put(task.id, task);
    if (tasks.size() > REMEMBERED) {
      tasks.remove(tasks.keySet().iterator().next());
    }
  }

  /**
   * How far a task is.
   *
   * @throws NoSuchElementException in one line, if there is none of that name
   */
  public Map<String, Object> task(String id) {
    return find(id).toMap();
  }

  /** Lets a task end at its next piece. */
  public Map<String, Object> cancel(String id) {
    Task task = find(id);
    task.cancelled = true;
    return task.toMap();
  }

  private synchronized Task find(String id) {
    Task task = tasks.get(id);
    if (task == null) {
      throw new NoSuchElementException("there is no task '" + id + "'");
    }
    return task;
  }

  private interface Doing {
    Object run() throws Exception;
  }

  private final class Task implements Watcher {
    private final String id;
    private final String kind;
    private volatile String text;
    private volatile String state = "waiting";
    private final AtomicInteger done = new AtomicInteger();
    private volatile int total;
    private volatile @Nullable String error;
    private volatile @Nullable Object result;
    private volatile boolean cancelled;

    Task(String id, String kind, String text) {
      this.id = id;
      this.kind = kind;
      this.text = text;
    }

    Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("id", id);
      map.put("kind", kind);
      map.put("state", state);
      map.put("done", done.get());
      map.put("total", total);
      map.put("text", text);
      map.put("error", error);
      map.put("result", result);
      return map;
    }

    void run(Doing doing) {
      state("running");
      try {
        requireWanted();
        result = doing.run();
        state("done");
      } catch (CancellationException e) {
        state("cancelled");
      } catch (Exception | LinkageError | OutOfMemoryError e) {
        String told = OneLine.of(Secrets.masked(Torch.message(e)));
        error = told.isBlank() ? "it failed" : told;
        state("failed");
      }
    }

    private void state(String newState) {
      state = newState;
      announcer.task(toMap());
    }

    private void requireWanted() {
      if (cancelled) {
        throw new CancellationException();
      }
    }

    @Override
    public void soFar(Object part) {
      result = part;
    }

    @Override
    public Progress progress(String task, int pieces, int already) {
      text = task;
      total = pieces;
      done.set(already);
      state("running");
      return new Progress() {
        @Override
        public void piece() {
          done.incrementAndGet();
          announcer.task(toMap());
          requireWanted();
        }
      };
    }
  }
}
