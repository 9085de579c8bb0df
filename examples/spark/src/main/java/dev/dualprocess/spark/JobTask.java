package dev.dualprocess.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.dualprocess.cli.bulk.Job;
import dev.dualprocess.cli.bulk.JobResult;
import dev.dualprocess.cli.bulk.Worker;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one job in a folder of its own on the executor's disk, then puts it whole where the
 * results go. So tries of one job never mix, whichever Spark lets run beside each other.
 *
 * @param out the Hadoop path of the results
 * @param hadoop the driver's configuration
 * @param device for models of which a job does not say where; null for that of the task
 * @param retries after the first try
 * @param local whether the executor is the driver
 * @param application Spark's name of it
 */
record JobTask(
    String out,
    SerializableConfiguration hadoop,
    @Nullable String device,
    int retries,
    boolean local,
    String application)
    implements Function<String, String> {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String EXECUTORS_LOST =
      "every try has ended with its executor; Spark's pages have their logs";

  /** From a job as JSON to what came of it, as {@link StoredResult} writes it. */
  @Override
  public String call(String json) throws IOException {
    Job job = MAPPER.readValue(json, Job.class);
    RunStore store = new RunStore(out, hadoop.value());
    Optional<JobResult> finished = store.finished(job);
    return StoredResult.text(finished.isPresent() ? finished.get() : carriedOut(job, store));
  }

  private JobResult carriedOut(Job job, RunStore store) throws IOException {
    TaskContext context = TaskContext.get();
    Path scratch = Files.createTempDirectory(scratch(), "dualprocess-");
    try {
      return tried(job, scratch.resolve(job.name()), context, store);
    } finally {
      MoreFiles.deleteRecursively(scratch, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  /** Where Spark cleans up after an executor that was killed, if it says where that is. */
  private static Path scratch() throws IOException {
    String folders = System.getenv().getOrDefault("SPARK_EXECUTOR_DIRS", "");
    String first = folders.split(File.pathSeparator, 2)[0];
    return first.isEmpty()
        ? Path.of(System.getProperty("java.io.tmpdir"))
        : Files.createDirectories(Path.of(first));
  }

  private JobResult tried(Job job, Path run, TaskContext context, RunStore store)
      throws IOException {
    TaskPlace place = TaskPlace.of(context, device);
    long start = System.nanoTime();
    String failure = store.failure(job, application).orElse(EXECUTORS_LOST);
    int tries = context.attemptNumber();
    while (tries <= retries) {
      tries++;
      try {
        distill(job, run, place, context);
        JobResult done = JobResult.ended(job, run, place.device(), tries, since(start), "");
        return store.put(run, done, "%s-%d".formatted(application, context.taskAttemptId()));
      } catch (JobFailure e) {
        failure = e.told();
        if (!local && !e.isHarmless()) {
          store.noteFailure(job, application, failure);
          endProcess(failure);
        }
      }
    }
    return JobResult.ended(job, run, place.device(), tries, since(start), failure);
  }

  private static void distill(Job job, Path run, TaskPlace place, TaskContext context)
      throws JobFailure {
    int code = ExecutorModels.MINE.carryOut(job, run, place, new TaskWatch(context));
    if (code != 0) {
      throw new TaskKilledException("the job has stopped as Spark asked");
    }
  }

  /**
   * Ends the executor, since what failed may have harmed it; Spark starts another. At once, or
   * Spark would give it another job.
   */
  private static void endProcess(String failure) {
    System.err.println("dualprocess: this executor ends, since a job has failed: " + failure);
    Runtime.getRuntime().halt(Worker.REPLACE);
  }

  private static double since(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }
}
