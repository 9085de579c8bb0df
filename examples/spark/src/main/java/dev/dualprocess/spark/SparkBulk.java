package dev.dualprocess.spark;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.bulk.Job;
import dev.dualprocess.cli.bulk.JobsFile;
import dev.dualprocess.config.JsonOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Many distillations on Spark: a task each. What is done is there whole, in a folder of the job's
 * name, and is not done again; a job that fails is a row that says why.
 *
 * @param out the Hadoop path of the runs' folders
 * @param retries how often a job is tried again that failed, or whose executor ended
 * @param device for models of which a job does not say where, cpu or cuda:N; null for the task's
 *     resource {@code gpu}, else cpu
 */
public record SparkBulk(String out, int retries, @Nullable String device) {
  /** How often a job is tried again unless something else is said. */
  static final int RETRIES = 1;

  private static final ObjectMapper MAPPER = JsonOutput.mapper();
  private static final TypeReference<List<Job>> JOBS = new TypeReference<>() {};
  private static final String MOST_TRIES = "spark.task.maxFailures";

  /** Judges the number. */
  public SparkBulk {
    Objects.requireNonNull(out, "out");
    if (retries < 0) {
      throw new IllegalArgumentException("retries must be at least 0, not " + retries);
    }
  }

  /** Runs into that Hadoop path; a job that failed is tried again once. */
  public static SparkBulk into(String out) {
    return new SparkBulk(out, RETRIES, null);
  }

  /** The same with that many retries. */
  public SparkBulk withRetries(int number) {
    return new SparkBulk(out, number, device);
  }

  /** The same with models where a job does not say otherwise. */
  public SparkBulk withDevice(String name) {
    return new SparkBulk(out, retries, name);
  }

  /**
   * Judges the jobs now, in a task, since models and devices are where tasks are; carries them out
   * when rows are asked for. Rows that are asked for again come from the folders.
   *
   * @param lines of a jobs file
   * @return a row for each job, in the columns of {@link ResultRow}; jobs of the same models follow
   *     each other
   * @throws IOException in one line, if a job is refused, or a folder stands in its way
   * @throws IllegalArgumentException in one line, if Spark gives up sooner than {@link #retries}
   */
  public Dataset<Row> run(Dataset<String> lines) throws IOException {
    return rows(lines.sparkSession(), carryOut(lines.sparkSession(), file("jobs", lines)));
  }

  /** The lines of a jobs file. */
  static JobsFile file(String name, Dataset<String> lines) {
    return new JobsFile(name, lines.collectAsList());
  }

  /** Results as rows, without doing anything. */
  private Dataset<Row> rows(SparkSession session, JavaRDD<String> results) {
    String folder = out;
    return session.createDataFrame(
        results.map(json -> ResultRow.of(StoredResult.parse(json), folder)), ResultRow.SCHEMA);
  }

  /** What comes of each job, as {@link StoredResult} writes it. */
  JavaRDD<String> carryOut(SparkSession session, JobsFile file) throws IOException {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    boolean local = session.sparkContext().isLocal();
    int tries = spark.getConf().getInt(MOST_TRIES, 4);
    if (!local && tries - 2 < retries) {
      throw new IllegalArgumentException(
          "%s is %d: for %d retries it is to be at least %d, or Spark gives up all jobs for one"
              .formatted(MOST_TRIES, tries, retries, retries + 2L));
    }
    List<Job> jobs = judged(spark, file);
    RunStore store = new RunStore(out, spark.hadoopConfiguration());
    store.requireFree(jobs);
    String application = spark.sc().applicationId();
    spark.sc().addSparkListener(new ApplicationEnd(store, application));
    List<String> texts = new ArrayList<>();
    for (Job job : jobs) {
      texts.add(MAPPER.writeValueAsString(job));
    }
    JobTask task =
        new JobTask(
            out,
            new SerializableConfiguration(spark.hadoopConfiguration()),
            device,
            retries,
            local,
            application);
    return spark.parallelize(texts, texts.size()).map(task);
  }

  private List<Job> judged(JavaSparkContext spark, JobsFile file) throws IOException {
    Judgement judgement = new Judgement(file.name(), device);
    String told =
        spark.parallelize(List.of(String.join("\n", file.lines())), 1).map(judgement).first();
    return MAPPER.readValue(Judgement.accepted(told), JOBS);
  }
}
