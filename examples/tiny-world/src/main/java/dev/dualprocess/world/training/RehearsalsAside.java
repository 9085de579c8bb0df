package dev.dualprocess.world.training;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Rehearsals of one round after the other, on a thread of their own. */
final class RehearsalsAside implements AutoCloseable {
  private static final int LOOK_EVERY_MILLIS = 200;

  private final TinyFolder folder;
  private final Stage stage;
  private final int runs;
  private final BooleanSupplier stopping;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private volatile boolean closed;
  private Future<List<Subject.Measured>> last = CompletableFuture.completedFuture(List.of());

  /**
   * Of that many distillations each.
   *
   * @param stage whose verifier rehearses
   * @param stopping whether to wait for them no longer
   */
  RehearsalsAside(TinyFolder folder, Stage stage, int runs, BooleanSupplier stopping) {
    this.folder = folder;
    this.stage = stage;
    this.runs = runs;
    this.stopping = stopping;
  }

  /** Begins with the rehearsals of a round, with the models as they lie in their folders. */
  void start(int round) {
    Rehearsal rehearsal =
        new Rehearsal(
            folder.flux(),
            folder.qwen(),
            stage == Stage.SCENES ? Rehearsed::scenes : Rehearsed::controls,
            () -> closed || stopping.getAsBoolean());
    last =
        thread.submit(
            () ->
                rehearsal.pictures(
                    folder.rehearsals(stage, round), runs, new Random(Workshop.SEED + round)));
  }

  /**
   * Waits for what was drawn in the rehearsals that were begun last; none before the first.
   *
   * @return empty if {@code stopping} asked for a stop
   */
  Optional<List<Subject.Measured>> last() throws IOException {
    try {
      while (!stopping.getAsBoolean()) {
        try {
          return Optional.of(last.get(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
          // Still drawing.
        }
      }
      return Optional.empty();
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("a rehearsal failed: " + e.getMessage(), e);
    }
  }

  /** Ends what is under way, after its step. */
  @Override
  public void close() {
    closed = true;
    thread.shutdown();
    try {
      thread.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
