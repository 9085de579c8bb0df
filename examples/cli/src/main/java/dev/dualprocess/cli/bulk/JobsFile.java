package dev.dualprocess.cli.bulk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dualprocess.config.FileProblem;
import dev.dualprocess.config.JsonProblem;
import dev.dualprocess.config.MissingFile;
import dev.dualprocess.config.OneLine;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * A file of jobs: JSON lines, an object a line. Empty lines and those that begin with # do not
 * count.
 *
 * @param name of the file, for messages
 * @param lines all of them
 */
public record JobsFile(String name, List<String> lines) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final long MOST_BYTES = 1L << 28;

  /** Copies the lines. */
  public JobsFile {
    lines = List.copyOf(lines);
  }

  /** Judges what a job asks for. */
  @FunctionalInterface
  public interface Judge {
    /**
     * Its models, equal for jobs that can share them.
     *
     * @throws IOException in one line, if something cannot be read
     * @throws IllegalArgumentException in one line, if an option's value is refused
     */
    Object models(List<String> args) throws IOException;
  }

  /**
   * The file at that path.
   *
   * @throws IOException in one line, if it cannot be read
   */
  public static JobsFile of(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new IOException(MissingFile.line(path));
    }
    if (Files.size(path) > MOST_BYTES) {
      throw new IOException(path + ": larger than any file of jobs");
    }
    try {
      return new JobsFile(path.toString(), Files.readAllLines(path));
    } catch (CharacterCodingException e) {
      throw new IOException(path + ": not a text in UTF-8", e);
    } catch (IOException e) {
      throw new IOException(path + ": cannot be read: " + FileProblem.reason(e, path), e);
    }
  }

  /**
   * All jobs, those of the same models one after the other.
   *
   * @param command whose options the keys are
   * @throws IOException in one line that names the place, if one is refused
   */
  public List<Job> read(CommandSpec command, Judge judge) throws IOException {
    List<Job> jobs = new ArrayList<>();
    Map<Object, Integer> groups = new HashMap<>();
    Map<String, String> named = new HashMap<>();
    int number = 0;
    for (String line : lines) {
      number++;
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      JobLine read = line(number, line, command);
      List<Job> ofLine = read.jobs(); // which differ in their seeds alone
      Object models = models(judge, read, ofLine.get(0));
      int group = groups.computeIfAbsent(models, key -> groups.size());
      for (Job job : ofLine) {
        String before = named.put(job.name().toLowerCase(Locale.ROOT), read.where());
        if (before != null) {
          throw read.refused(twice(job, before));
        }
        jobs.add(job.in(group));
      }
    }
    if (jobs.isEmpty()) {
      throw new IOException(name + ": no jobs");
    }
    jobs.sort(Comparator.comparingInt(Job::group));
    return List.copyOf(jobs);
  }

  private static String twice(Job job, String before) {
    return "the job '%s' is at %s already; give it another name, or 'repeat' for more seeds"
        .formatted(job.name(), before);
  }

  private static Object models(Judge judge, JobLine line, Job job) throws IOException {
    try {
      return judge.models(job.args());
    } catch (ParameterException | IllegalArgumentException e) {
      throw line.refused(OneLine.of(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      throw line.refused(String.valueOf(e.getMessage()));
    }
  }

  private JobLine line(int number, String text, CommandSpec command) throws IOException {
    String where = name + ", line " + number;
    try {
      JsonNode json = MAPPER.readTree(text);
      if (!json.isObject()) {
        throw new IOException(where + ": not a JSON object");
      }
      return new JobLine(where, json, command);
    } catch (JsonProcessingException e) {
      String what = JsonProblem.ofText(e).replaceFirst(", line 1, ", ", ");
      throw new IOException(where + ": not valid JSON: " + what, e);
    }
  }
}
