package dev.dualprocess.studio.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.studio.jobs.JobNote.Wish;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One job: a run's folder, of {@code dualprocess distill} or of the studio. All that is known of it
 * is read from there.
 *
 * @param path of the folder
 */
public record JobFolder(Path path) {
  private static final String NOTE = "job.json";
  private static final int DEPTH = 3;
  private static final ObjectMapper MAPPER = JsonOutput.mapper();

  /** Its name in addresses. */
  public String id() {
    return path.getFileName().toString();
  }

  /** Whether a run was asked for here. */
  public boolean exists() {
    return Files.isRegularFile(path.resolve("config.json"));
  }

  /** What was asked for. */
  public RunPlan plan() throws IOException {
    return RunPlan.read(path);
  }

  /** What {@code config.json} says. */
  public JsonNode config() {
    return json("config.json");
  }

  /** What came of it; nothing before its end. */
  public JsonNode results() {
    return json("results.json");
  }

  private JsonNode json(String name) {
    return ReadFiles.json(path.resolve(name));
  }

  /** What the studio has noted here; nothing in the folder of another program. */
  public Optional<JobNote> note() {
    JsonNode json = json(NOTE);
    try {
      return json.isMissingNode()
          ? Optional.empty()
          : Optional.of(MAPPER.treeToValue(json, JobNote.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Notes something. */
  public void note(JobNote note) throws IOException {
    AtomicFile.writeText(path.resolve(NOTE), MAPPER.writeValueAsString(note) + "\n");
  }

  /** Where it is, seen from the folder alone. */
  public JobState state() {
    if (RunFolder.isBeingWritten(path)) {
      return JobState.ELSEWHERE;
    }
    Wish wish = note().map(JobNote::wish).orElse(Wish.ENDED);
    if (wish == Wish.RUN) {
      return JobState.QUEUED;
    }
    if (wish == Wish.FAILED) {
      return JobState.FAILED;
    }
    JsonNode results = results();
    boolean ended = results.has("steps") && !results.path("interrupted").asBoolean();
    return ended ? JobState.DONE : JobState.STOPPED;
  }

  /** The learnt adapter's file. */
  public Path lora() {
    return path.resolve("lora.safetensors");
  }

  /** Names of all files that people may want, without what the program keeps for itself. */
  public List<String> files() {
    List<String> names = new ArrayList<>();
    try {
      Files.walkFileTree(path, Set.of(), DEPTH, new Names(names));
    } catch (IOException e) {
      return List.of(); // the folder is gone
    }
    return names.stream().filter(JobFolder::isForPeople).sorted().toList();
  }

  private static boolean isForPeople(String name) {
    return !name.startsWith(".")
        && !name.contains("/.")
        && !name.startsWith("checkpoint/")
        && !name.equals(NOTE);
  }

  /** Whoever runs the job may take files away meanwhile. */
  private final class Names extends SimpleFileVisitor<Path> {
    private final List<String> found;

    Names(List<String> found) {
      this.found = found;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()) {
        found.add(path.relativize(file).toString().replace('\\', '/'));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }

  /**
   * One of {@link #files}.
   *
   * @return empty for any other name
   */
  public Optional<Path> file(String name) {
    return files().contains(name) ? Optional.of(path.resolve(name)) : Optional.empty();
  }
}
