package dev.dualprocess.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.bulk.JobResult;
import dev.dualprocess.config.JsonOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

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

  /** A result, and the files that are in its run's folder on this machine. */
  static StoredResult of(JobResult result, Path folder) throws IOException {
    Map<String, Long> lengths = new HashMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        lengths.put(folder.relativize(file).toString().replace('\\', '/'), Files.size(file));
      }
    }
    return new StoredResult(result, lengths);
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
