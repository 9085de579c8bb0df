package dev.dualprocess.cli.bulk;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.Iterables;
import dev.dualprocess.cli.bulk.Attempt.Outcome;
import dev.dualprocess.config.FileProblem;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The folder of a bulk: a run's folder for each job, and in {@code .bulk} what the processes need
 * that work on it together.
 */
public final class BulkFolder {
  private static final ObjectMapper MAPPER = JsonOutput.mapper();

  private final Path path;
  private final Ledger ledger;
  private final Pulse pulse;

  private BulkFolder(Path path, Pulse pulse) {
    this.path = path;
    this.pulse = pulse;
    this.ledger = new Ledger(tries(path));
  }

  private static Path tries(Path path) {
    return path.resolve(".bulk").resolve("tries");
  }

  /**
   * Makes the folder, if need be.
   *
   * @throws IOException in one line, if nothing can be written there
   */
  public static BulkFolder open(Path path) throws IOException {
    return open(path, new Pulse(Pulse.SILENCE));
  }

  static BulkFolder open(Path path, Pulse pulse) throws IOException {
    try {
      Files.createDirectories(tries(path));
      Files.createDirectories(logs(path));
      Files.delete(Files.createTempFile(tries(path), ".probe.", ".tmp"));
    } catch (IOException e) {
      throw new IOException(
          path + ": cannot write there (" + FileProblem.reason(e) + "); choose another --out", e);
    }
    return new BulkFolder(path, pulse);
  }

  private static Path logs(Path path) {
    return path.resolve(".bulk").resolve("logs");
  }

  /** The folder itself. */
  public Path path() {
    return path;
  }

  /** What worker processes print. */
  Path logs() {
    return logs(path);
  }

  /** The folder of a job's run. */
  public Path run(Job job) {
    return path.resolve(job.name());
  }

  /**
   * Keeps the jobs for worker processes.
   *
   * @return the file for {@link #readJobs}
   */
  Path writeJobs(List<Job> jobs) throws IOException {
    String text = MAPPER.writeValueAsString(jobs) + "\n";
    String name = "jobs-" + Job.fingerprint(List.of(text)) + ".json";
    Path file = path.resolve(".bulk").resolve(name);
    AtomicFile.writeText(file, text);
    return file;
  }

  /** The jobs of a file by {@link #writeJobs}. */
  public static List<Job> readJobs(Path file) throws IOException {
    return Arrays.asList(MAPPER.readValue(file.toFile(), Job[].class));
  }

  /**
   * Makes sure that what was done here under the names of these jobs was done with their options.
   *
   * @throws IOException in one line, if one has other options now
   */
  public void requireSame(List<Job> jobs) throws IOException {
    Map<String, List<Attempt>> attempts = ledger.read();
    for (Job job : jobs) {
      for (Attempt attempt : attempts.getOrDefault(job.name(), List.of())) {
        if (!attempt.fingerprint().isEmpty() && !attempt.fingerprint().equals(job.fingerprint())) {
          throw new IOException(
              "%s: the job '%s' was begun there with other options; give it another name, or choose another --out"
                  .formatted(path, job.name()));
        }
      }
    }
  }

  /** Lets jobs that have failed be tried again. */
  public void forgive(List<Job> jobs) throws IOException {
    Map<String, List<Attempt>> attempts = ledger.read();
    for (Job job : jobs) {
      for (Attempt attempt : attempts.getOrDefault(job.name(), List.of())) {
        if (attempt.outcome() == Outcome.FAILED) {
          String why = attempt.reason();
          ledger.note(job.name(), attempt.ended(Outcome.FORGIVEN, why, attempt.seconds()));
        }
      }
    }
  }

  /** Where every job is, and what was tried. */
  Map<Job, Standing> standings(List<Job> jobs, int retries) throws IOException {
    Map<String, List<Attempt>> attempts = ledger.read();
    Map<Job, Standing> standings = new LinkedHashMap<>();
    for (Job job : jobs) {
      List<Attempt> tries = attempts.getOrDefault(job.name(), List.of());
      standings.put(job, new Standing(state(job, tries, retries), tries));
    }
    return standings;
  }

  private JobState state(Job job, List<Attempt> tries, int retries) {
    if (tries.stream().anyMatch(attempt -> attempt.outcome() == Outcome.DONE)) {
      return JobState.DONE;
    }
    Attempt last = Iterables.getLast(tries, null);
    if (last != null
        && last.outcome() == Outcome.RUNNING
        && pulse.beats(last, ledger.file(job.name(), last.number()), run(job))) {
      return JobState.RUNNING;
    }
    long failed = tries.stream().filter(t -> t.outcome() == Outcome.FAILED).count();
    return failed > retries ? JobState.FAILED : JobState.WAITING;
  }

  /**
   * Begins a job that waits.
   *
   * @return nothing if somebody else was faster
   */
  Optional<Attempt> claim(Job job, Standing standing, String device) throws IOException {
    Attempt last = Iterables.getLast(standing.tries(), null);
    int number = last == null ? 1 : last.number() + 1;
    Attempt mine = Attempt.begun(number, job, ProcessName.mine(), device);
    if (!ledger.claim(job.name(), mine)) {
      return Optional.empty();
    }
    if (last != null && last.outcome() == Outcome.RUNNING) {
      if (ledger.attempt(job.name(), last.number()).outcome() == Outcome.DONE) {
        note(job, mine.ended(Outcome.STOPPED, "it was done already", 0));
        return Optional.empty();
      }
      takeOver(job, last);
    }
    return Optional.of(mine);
  }

  private void takeOver(Job job, Attempt from) throws IOException {
    if (!from.by().here()) {
      RunFolder.forgetWriter(run(job));
    }
  }

  /** Lets others see that a try goes on; until it is closed. */
  Heartbeat heartbeat(Job job, Attempt attempt) {
    return new Heartbeat(
        ledger.file(job.name(), attempt.number()), ledger.file(job.name(), attempt.number() + 1));
  }

  /** Notes what came of a try. */
  void note(Job job, Attempt attempt) throws IOException {
    ledger.note(job.name(), attempt);
  }
}
