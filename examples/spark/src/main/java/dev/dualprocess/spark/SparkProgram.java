package dev.dualprocess.spark;

import com.google.common.base.Throwables;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.dualprocess.cli.bulk.BulkReport;
import dev.dualprocess.cli.bulk.JobResult;
import dev.dualprocess.cli.bulk.JobsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The program that {@code spark-submit} starts: jobs in, runs and tables out. Exit codes are those
 * of {@code bulk}: 0 all done, 1 some failed, 2 wrong usage.
 */
@Command(
    name = "dualprocess-spark",
    mixinStandardHelpOptions = true,
    description = "Carry out many distillations on Spark; what was done before is left alone.")
public final class SparkProgram implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "JOBS",
      description = "JSON lines, as 'dualprocess bulk' reads them, on any Hadoop path.")
  private String jobs;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "A run's folder for each job in it, on any Hadoop path.")
  private String out;

  @Option(
      names = "--retries",
      paramLabel = "N",
      description =
          "How often a job is tried again that failed, or whose executor ended (default: 1).")
  private int retries = SparkBulk.RETRIES;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "Where models go of which a job does not say it, cpu or cuda:N (default: the GPU that"
              + " Spark gives to the task, else cpu).")
  private @Nullable String device;

  /** Runs the program; a failure ends the process with its exit code. */
  public static void main(String[] args) {
    int code = execute(args);
    if (code != ExitCode.OK) {
      System.exit(code); // not after success, which YARN would take for a failure
    }
  }

  /** Runs the program in this process, whose Spark session it ends. */
  static int execute(String... args) {
    return new CommandLine(new SparkProgram())
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command))
        .execute(args);
  }

  @Override
  public Integer call() throws IOException {
    SparkBulk bulk = new SparkBulk(out, retries, device);
    try (SparkSession session = SparkSession.builder().appName("dualprocess").getOrCreate()) {
      JobsFile file = SparkBulk.file(jobs, session.read().textFile(jobs));
      List<JobResult> results = new ArrayList<>();
      for (String json : bulk.carryOut(session, file).collect()) {
        results.add(StoredResult.parse(json));
      }
      RunStore store = new RunStore(out, session.sparkContext().hadoopConfiguration());
      return tell(write(results, store));
    }
  }

  private static BulkReport write(List<JobResult> results, RunStore store) throws IOException {
    Path folder = Files.createTempDirectory("dualprocess-");
    try {
      BulkReport report = new BulkReport(folder, results);
      report.write();
      store.putFiles(MoreFiles.listFiles(folder));
      return report;
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private int tell(BulkReport report) {
    PrintWriter to = spec.commandLine().getOut();
    to.printf("%s Results are in %s%n", report.line(), out);
    report.failures().forEach(to::println);
    to.flush();
    return report.failures().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static int failed(Exception e, CommandLine command) {
    String told = String.valueOf(e.getMessage());
    command.getErr().println("dualprocess-spark: " + told.lines().findFirst().orElse("failed"));
    if (Throwables.getRootCause(e) instanceof SparkException) {
      command.getErr().println("Spark's pages and logs say more.");
    }
    command.getErr().flush();
    return e instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }
}
