package dev.dualprocess.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.bulk.JobResult;
import dev.dualprocess.config.JsonOutput;
import java.io.IOException;
import java.util.Map;

/**
 * {@code job.json} in a run's folder: what came of the job, and by which a folder is known to be
 * whole where a rename copies file by file.
 *
 * @param result of the job
 * @param files lengths of all other files, by their paths in the folder
 */
record StoredResult(JobResult result, Map<String, Long> files) {
  /** The name of the file. */
  static final String NAME = "job.json";

  private static final ObjectMapper MAPPER = JsonOutput.mapper();

  /** Copies the lengths. */
  StoredResult {
    files = Map.copyOf(files);
  }

  String text() throws IOException {
    return MAPPER.writeValueAsString(this);
  }

  static StoredResult read(byte[] text) throws IOException {
    return MAPPER.readValue(text, StoredResult.class);
  }

  /** A result alone. */
  static String text(JobResult result) throws IOException {
    return MAPPER.writeValueAsString(result);
  }

  /** What {@link #text(JobResult)} has written. */
  static JobResult parse(String text) throws IOException {
    return MAPPER.readValue(text, JobResult.class);
  }
}
