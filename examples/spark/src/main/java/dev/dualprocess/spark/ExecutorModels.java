package dev.dualprocess.spark;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.dualprocess.cli.bulk.Job;
import dev.dualprocess.run.RunListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * The models that this executor has open: as many pairs as tasks have run beside each other. A task
 * gets a pair of its place, rather one that had a job of the same models; nobody else has it then.
 */
final class ExecutorModels implements AutoCloseable {
  /** Those of this process, closed at its end. */
  static final ExecutorModels MINE = new ExecutorModels();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(MINE::close, "close-models"));
  }

  private final List<OpenPair> idle = new ArrayList<>();

  /**
   * Carries out a job.
   *
   * @return the exit code that {@code distill} has
   * @throws JobFailure if it failed
   */
  int carryOut(Job job, Path run, TaskPlace place, RunListener watcher) throws JobFailure {
    OpenPair pair = take(place, job.group()).orElseGet(() -> new OpenPair(place));
    try {
      return Objects.requireNonNull(
          Uninterruptibles.getUninterruptibly(pair.begin(job, run, watcher)));
    } catch (ExecutionException e) {
      throw pair.failure(e);
    } finally {
      giveBack(pair);
    }
  }

  private synchronized Optional<OpenPair> take(TaskPlace place, int group) {
    Optional<OpenPair> taken =
        idle.stream()
            .filter(pair -> pair.place().equals(place))
            .min(Comparator.comparing(pair -> pair.group() != group));
    taken.ifPresent(idle::remove);
    return taken;
  }

  private synchronized void giveBack(OpenPair pair) {
    idle.add(pair);
  }

  /** Closes what no task uses. */
  @Override
  public synchronized void close() {
    idle.forEach(OpenPair::close);
    idle.clear();
  }
}
