package dev.dualprocess.studio.jobs;

import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.run.Slug;
import dev.dualprocess.studio.jobs.JobNote.Wish;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All jobs: the subfolders of one folder that hold a run. Nothing is kept in memory but which one
 * is being run, so other programs and later days see the same. Thread-safe.
 */
public final class JobQueue {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final int PREVIEW_EVERY = 25;

  private final Path root;
  private final Announcer announcer;
  private volatile @Nullable String running;

  /** The jobs in that folder, which exists. */
  public JobQueue(Path root, Announcer announcer) {
    this.root = root;
    this.announcer = announcer;
  }

  /** The folder whose subfolders they are. */
  public Path root() {
    return root;
  }

  /** All jobs: those that wait in their order, the others behind them, newest first. */
  public List<JobFolder> all() {
    try (Stream<Path> folders = Files.list(root)) {
      return folders
          .filter(Files::isDirectory)
          .map(JobFolder::new)
          .filter(job -> !job.id().startsWith(".") && job.exists())
          .sorted(Comparator.comparingDouble(JobQueue::order).thenComparing(JobFolder::id))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static double order(JobFolder job) {
    return job.note().map(JobNote::order).orElse(0.0);
  }

  /**
   * The job of that name.
   *
   * @throws NoSuchElementException in one line, if there is none
   */
  public JobFolder job(String id) {
    return all().stream()
        .filter(job -> job.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("there is no job '" + id + "'"));
  }

  /** Where a job is. */
  public JobState state(JobFolder job) {
    return job.id().equals(running) ? JobState.RUNNING : job.state();
  }

  /** Puts a new job at the end of the queue. */
  public synchronized JobFolder add(RunPlan plan, String name) throws IOException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String title = name.isBlank() ? plan.prompts().get(0).text() : name.strip();
    JobFolder job = new JobFolder(unused(STAMP.format(now) + "-" + Slug.of(title)));
    Files.createDirectories(job.path());
    write(job, plan);
    job.note(new JobNote(title, Wish.RUN, last() + 1, now.toString(), "", PREVIEW_EVERY));
    announcer.jobs();
    return job;
  }

  private static void write(JobFolder job, RunPlan plan) throws IOException {
    AtomicFile.writeText(
        job.path().resolve("config.json"),
        JsonOutput.mapper().writeValueAsString(plan.toMap(RunPlan.drawings(job.path()))) + "\n");
  }

  /** Asks for something else in a job that is not being run. */
  public synchronized void replan(JobFolder job, RunPlan plan) throws IOException {
    write(job, plan);
    announcer.jobs();
  }

  private Path unused(String name) {
    Path folder = root.resolve(name);
    for (int i = 2; Files.exists(folder); i++) {
      folder = root.resolve(name + "-" + i);
    }
    return folder;
  }

  private double last() {
    return all().stream().mapToDouble(JobQueue::order).max().orElse(0);
  }

  /** The next that waits, which is being run from now on. */
  public synchronized Optional<JobFolder> begin() {
    Optional<JobFolder> next =
        all().stream().filter(job -> job.state() == JobState.QUEUED).findFirst();
    next.ifPresent(job -> running = job.id());
    return next;
  }

  /** Nothing is being run any more. */
  public void ended() {
    running = null;
    announcer.jobs();
  }

  /** Which one is being run. */
  public Optional<JobFolder> running() {
    String id = running;
    return id == null ? Optional.empty() : Optional.of(new JobFolder(root.resolve(id)));
  }

  /** Notes what should become of a job. */
  public synchronized void wish(JobFolder job, Wish wish) throws IOException {
    job.note(note(job).wishing(wish));
    announcer.jobs();
  }

  /** A job's note, or a new one for the folder of another program. */
  public JobNote note(JobFolder job) {
    return job.note()
        .orElseGet(
            () ->
                new JobNote(
                    job.config().path("prompt").asText(job.id()),
                    Wish.ENDED,
                    0,
                    created(job),
                    "",
                    PREVIEW_EVERY));
  }

  private static String created(JobFolder job) {
    try {
      return Files.getLastModifiedTime(job.path().resolve("config.json"))
          .toInstant()
          .truncatedTo(ChronoUnit.SECONDS)
          .toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** Puts a job before another, or at the end. */
  public synchronized void move(JobFolder job, Optional<String> before) throws IOException {
    List<JobFolder> others = all().stream().filter(other -> !other.equals(job)).toList();
    double place = last() + 1;
    for (int i = 0; i < others.size(); i++) {
      if (before.isPresent() && others.get(i).id().equals(before.get())) {
        double earlier = i == 0 ? order(others.get(0)) - 2 : order(others.get(i - 1));
        place = (earlier + order(others.get(i))) / 2;
      }
    }
    job.note(note(job).at(place));
    announcer.jobs();
  }

  /**
   * Removes a job with all that it has.
   *
   * @throws IllegalStateException in one line, if it is being run
   */
  public synchronized void delete(JobFolder job) throws IOException {
    JobState state = state(job);
    if (state == JobState.RUNNING || state == JobState.ELSEWHERE) {
      throw new IllegalStateException("'" + note(job).name() + "' is being run: stop it first");
    }
    RunFolder.delete(job.path());
    announcer.jobs();
  }
}
