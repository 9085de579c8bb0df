package dev.dualprocess.cli;

import dev.dualprocess.cli.bulk.Job;
import dev.dualprocess.cli.bulk.Worker;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Carries out jobs as {@code distill} does, one after the other; models stay open for as long as
 * the next job has the same. Used by one thread.
 */
public final class JobRunner implements Worker.Runner, AutoCloseable {
  private final JobReading reading;
  private final KeptModels models = new KeptModels();
  private @Nullable CommandSpec last;

  /** Opens nothing yet. */
  public JobRunner(JobReading reading) {
    this.reading = reading;
  }

  @Override
  public int run(Job job, Path folder, RunListener watcher) throws IOException {
    DistillCommand command = reading.command(job.args(), folder.toString());
    last = command.spec();
    return command.run(command.asked(), models, watcher);
  }

  @Override
  public String told(Throwable failure) {
    CommandSpec command = last;
    return command == null || !Torch.isOutOfMemory(failure)
        ? Told.of(failure, "distill")
        : MemoryOptions.told(failure, command);
  }

  /** Closes the models. */
  @Override
  public void close() {
    models.close();
  }
}
