package dev.dualprocess.cli;

import dev.dualprocess.cli.bulk.BulkFolder;
import dev.dualprocess.cli.bulk.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jline.utils.Signals;
import picocli.CommandLine.Command;
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
    try (JobRunner runner = new JobRunner(new JobReading(device, threads))) {
      return new Worker(folder, BulkFolder.readJobs(jobs), retries, device, runner).work(System.in);
    }
  }
}
