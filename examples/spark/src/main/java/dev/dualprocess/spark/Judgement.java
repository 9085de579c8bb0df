package dev.dualprocess.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.JobReading;
import dev.dualprocess.cli.bulk.JobsFile;
import dev.dualprocess.config.JsonOutput;
import java.io.IOException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Judges all jobs before one begins. A refusal is told, not thrown: Spark would try again.
 *
 * @param file its name, for messages
 * @param device for models of which a job does not say where; null for that of the task
 */
record Judgement(String file, @Nullable String device) implements Function<String, String> {
  private static final ObjectMapper MAPPER = JsonOutput.mapper();
  private static final String REFUSED = "refused: ";

  /** The jobs of these lines as JSON, or the line that refuses one. */
  @Override
  public String call(String lines) throws IOException {
    try {
      TaskPlace place = TaskPlace.of(TaskContext.get(), device);
      JobsFile jobs = new JobsFile(file, lines.lines().toList());
      return MAPPER.writeValueAsString(new JobReading(place.device(), place.threads()).read(jobs));
    } catch (IOException | IllegalArgumentException e) {
      return REFUSED + e.getMessage();
    }
  }

  /**
   * The jobs as JSON.
   *
   * @throws IOException the refusal
   */
  static String accepted(String told) throws IOException {
    if (told.startsWith(REFUSED)) {
      throw new IOException(told.substring(REFUSED.length()));
    }
    return told;
  }
}
