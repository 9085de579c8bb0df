package dev.dualprocess.cli;

import dev.dualprocess.cli.bulk.BulkFolder;
import dev.dualprocess.cli.bulk.BulkReport;
import dev.dualprocess.cli.bulk.Crew;
import dev.dualprocess.cli.bulk.Job;
import dev.dualprocess.cli.bulk.JobsFile;
import dev.dualprocess.cli.bulk.Shard;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.console.Interrupt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Many distillations, on one device or on many. */
@Command(
    name = "bulk",
    mixinStandardHelpOptions = true,
    description =
        "Carry out many distillations from a file, a process a device. What was done before is"
            + " left alone, what was begun is gone on with; several machines may share --out.",
    subcommands = {BulkWorkCommand.class, BulkConvertCommand.class})
final class BulkCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "JOBS",
      description =
          "JSON lines: each an object with the options of 'distill', and 'name', 'repeat', 'tags'.")
  private @Nullable Path jobs;

  @Option(names = "--out", paramLabel = "DIR", description = "A run's folder for each job in it.")
  private @Nullable Path out;

  @Option(
      names = "--devices",
      split = ",",
      paramLabel = "DEVICE",
      description =
          "One worker on each: cuda:0,cuda:1, or cpu:2 for two on the CPU (default: the first GPU,"
              + " else one on the CPU).")
  private List<String> devices = new ArrayList<>();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads of each worker for the CPU (default: 1 on the CPU, else its part of the cores).")
  private @Nullable Integer threads;

  @Option(
      names = "--retries",
      paramLabel = "N",
      description = "How often a job that failed is tried again (default: 1).")
  private int retries = 1;

  @Option(names = "--retry-failed", description = "Try jobs again that have failed for good.")
  private boolean retryFailed;

  @Option(
      names = "--shard",
      paramLabel = "I/N",
      description =
          "Only one of N equal parts, from 1/N to N/N (default: as a Slurm array or a Kubernetes"
              + " Indexed Job says, else all).")
  private @Nullable String shard;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    Path file = required(jobs, "parameter: 'JOBS'");
    Path folder = required(out, "option: '--out=DIR'");
    if (retries < 0) {
      throw new IllegalArgumentException("--retries must be at least 0, not " + retries);
    }
    Shard part = part();
    List<String> workers = BulkDevices.of(devices, spec.commandLine());
    List<Job> all = new JobReading(workers.get(0), threads(workers)).read(JobsFile.of(file));
    return carryOut(BulkFolder.open(folder), all, part, workers);
  }

  private int carryOut(BulkFolder folder, List<Job> all, Shard part, List<String> workers)
      throws IOException {
    List<Job> mine = part.of(all);
    folder.requireSame(mine);
    if (retryFailed) {
      folder.forgive(mine);
    }
    Console console = output.console();
    boolean interrupted = false;
    try {
      interrupted =
          new Crew(folder, mine, retries, console)
              .work(
                  workers,
                  DualProcess.class,
                  (jobs, device) -> work(jobs, folder, device, workers));
    } finally {
      BulkReport.of(folder, all, retries).write();
    }
    return tell(BulkReport.of(folder, mine, retries), interrupted, folder, console);
  }

  private int tell(BulkReport report, boolean interrupted, BulkFolder folder, Console console)
      throws IOException {
    console.event("done", report.summary());
    console.say("%s Results are in %s", report.line(), folder.path());
    if (interrupted) {
      return Interrupt.EXIT_CODE;
    }
    report.failures().forEach(line -> console.say("%s", line));
    if (report.failures().isEmpty()) {
      return 0;
    }
    throw new IOException(
        "%d of %d jobs failed; %s says why, and --retry-failed tries them again"
            .formatted(
                report.failures().size(), report.size(), folder.path().resolve("index.html")));
  }

  private List<String> work(Path jobs, BulkFolder folder, String device, List<String> workers) {
    List<String> args = new ArrayList<>(List.of("bulk", "work", jobs.toString()));
    args.addAll(List.of("--out", folder.path().toString(), "--device", device));
    args.addAll(List.of("--threads", Integer.toString(threads(workers))));
    args.addAll(List.of("--retries", Integer.toString(retries)));
    for (String plugins : PluginOptions.given(spec.root().commandLine().getParseResult())) {
      args.addAll(List.of("--plugins", plugins));
    }
    return args;
  }

  private int threads(List<String> workers) {
    if (threads != null) {
      RunOptions.requirePositive("--threads", threads);
      return threads;
    }
    return workers.contains("cpu")
        ? 1
        : Math.max(1, Runtime.getRuntime().availableProcessors() / workers.size());
  }

  private Shard part() {
    return shard == null ? Shard.of(System.getenv()).orElse(Shard.WHOLE) : Shard.parse(shard);
  }

  private <T> T required(@Nullable T value, String what) {
    if (value == null) {
      throw new ParameterException(spec.commandLine(), "Missing required " + what);
    }
    return value;
  }
}
