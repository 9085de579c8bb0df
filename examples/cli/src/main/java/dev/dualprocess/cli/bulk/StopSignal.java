package dev.dualprocess.cli.bulk;

import dev.dualprocess.run.RunListener;
import org.jspecify.annotations.Nullable;

/** Whether a worker has been asked to stop; tells whatever it is at. */
final class StopSignal implements RunListener {
  private boolean requested;
  private @Nullable Runnable current;

  /** Lets what goes on finish its step, evaluate and save, and nothing begin any more. */
  void request() {
    Runnable stop;
    synchronized (this) {
      requested = true;
      stop = current;
    }
    if (stop != null) {
      stop.run();
    }
  }

  synchronized boolean requested() {
    return requested;
  }

  private synchronized void watch(@Nullable Runnable stop) {
    current = stop;
  }

  @Override
  public Progress progress(String task, int total, int done, Runnable stop) {
    watch(stop);
    if (requested()) {
      stop.run();
    }
    return new Progress() {
      @Override
      public void close() {
        watch(null);
      }
    };
  }
}
