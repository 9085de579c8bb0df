package dev.dualprocess.cli.bulk;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.config.FileProblem;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All tries at all jobs, as files of one folder, which several machines may share. The try of a job
 * with the highest number is the one that counts; who makes its file has the job.
 */
final class Ledger {
  private static final Pattern NAME = Pattern.compile("(.+)\\.(\\d{1,9})\\.json");
  private static final ObjectMapper MAPPER = JsonOutput.mapper();

  private final Path folder;
  private final Map<Path, Attempt> ended = new HashMap<>();

  /** The tries in that folder, which exists. */
  Ledger(Path folder) {
    this.folder = folder;
  }

  /** Every job's tries, in their order; nothing of a job that nobody began. */
  Map<String, List<Attempt>> read() throws IOException {
    Map<String, TreeMap<Integer, Attempt>> found = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
      for (Path file : files) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          int number = Integer.parseInt(name.group(2));
          found
              .computeIfAbsent(name.group(1), job -> new TreeMap<>())
              .put(number, attempt(file, number));
        }
      }
    }
    Map<String, List<Attempt>> attempts = new HashMap<>();
    found.forEach((job, byNumber) -> attempts.put(job, List.copyOf(byNumber.values())));
    return attempts;
  }

  /** A try as its file says now. */
  Attempt attempt(String job, int number) {
    return attempt(file(job, number), number);
  }

  private Attempt attempt(Path file, int number) {
    Attempt known = ended.get(file);
    if (known != null) {
      return known;
    }
    try {
      Attempt attempt = MAPPER.readValue(Files.readAllBytes(file), Attempt.class);
      if (attempt.outcome() != Attempt.Outcome.RUNNING) {
        ended.put(file, attempt);
      }
      return attempt;
    } catch (IOException e) {
      return Attempt.unreadable(number);
    }
  }

  /** The file of a try. */
  Path file(String job, int number) {
    return folder.resolve(job + "." + number + ".json");
  }

  /**
   * Begins a try.
   *
   * @return whether nobody else did before
   */
  boolean claim(String job, Attempt attempt) throws IOException {
    Path file = file(job, attempt.number());
    try {
      Files.write(
          file,
          MAPPER.writeValueAsBytes(attempt),
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw FileProblem.unwritten(file, e);
    }
  }

  /** Notes what came of a try. */
  void note(String job, Attempt attempt) throws IOException {
    Path file = file(job, attempt.number());
    ended.remove(file);
    AtomicFile.writeText(file, MAPPER.writeValueAsString(attempt) + "\n");
  }
}
