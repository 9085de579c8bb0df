package dev.dualprocess.cli;

import dev.dualprocess.cli.bulk.BulkFolder;
import dev.dualprocess.cli.bulk.Job;
import dev.dualprocess.cli.bulk.Worker;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A process of a bulk, which starts it itself and speaks to it through its standard input. */
@Command(name = "work", hidden = true, description = "A worker of a bulk, which starts it itself.")
final class BulkWorkCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE")
  private Path jobs;

  @Option(names = "--out", required = true, paramLabel = "DIR")
  private Path out;

  @Option(names = "--device", required = true, paramLabel = "DEVICE")
  private String device;

  @Option(names = "--threads", required = true, paramLabel = "N")
  private int threads;

  @Option(names = "--retries", required = true, paramLabel = "N")
  private int retries;

  @Override
  public Integer call() throws IOException {
    Signals.register("INT", () -> {}); // Ctrl-C is the parent's, which says when to stop
    BulkFolder folder = BulkFolder.open(out);
    try (KeptModels models = new KeptModels()) {
      return new Worker(
              folder,
              BulkFolder.readJobs(jobs),
              retries,
              device,
              new JobRunner(folder, new JobReading(device, threads), models))
          .work(System.in);
    }
  }

  private static final class JobRunner implements Worker.Runner {
    private final BulkFolder folder;
    private final JobReading reading;
    private final KeptModels models;
    private @Nullable CommandSpec last;

    JobRunner(BulkFolder folder, JobReading reading, KeptModels models) {
      this.folder = folder;
      this.reading = reading;
      this.models = models;
    }

    @Override
    public int run(Job job, RunListener watcher) throws IOException {
      DistillCommand command = reading.command(job.args(), folder.run(job).toString());
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
  }
}
