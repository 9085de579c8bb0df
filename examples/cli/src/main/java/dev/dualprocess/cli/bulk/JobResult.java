package dev.dualprocess.cli.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.dualprocess.cli.bulk.Attempt.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a job, as its folder says.
 *
 * @param job that it was
 * @param standing where it is
 * @param config of its run; missing before it began
 * @param results of its run; missing before its end
 * @param pictured whether there is a picture of before and after
 */
public record JobResult(
    Job job, Standing standing, JsonNode config, JsonNode results, boolean pictured) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * What came of a job that this process has ended, or given up.
   *
   * @param run its folder, which need not be there if it failed
   * @param device that it was computed on
   * @param tries how often it was tried, this one included; of others nothing is known
   * @param seconds that it took
   * @param failure why it failed, in one line; empty if it did not
   */
  public static JobResult ended(
      Job job, Path run, String device, int tries, double seconds, String failure) {
    List<Attempt> attempts = new ArrayList<>();
    for (int number = 1; number < tries; number++) {
      attempts.add(Attempt.unreadable(number));
    }
    Attempt begun = Attempt.begun(tries, job, ProcessName.mine(), device);
    boolean failed = !failure.isEmpty();
    attempts.add(begun.ended(failed ? Outcome.FAILED : Outcome.DONE, failure, seconds));
    return of(run, job, new Standing(failed ? JobState.FAILED : JobState.DONE, attempts));
  }

  static JobResult of(Path run, Job job, Standing standing) {
    boolean done = standing.state() == JobState.DONE;
    return new JobResult(
        job,
        standing,
        json(run.resolve("config.json")),
        done ? json(run.resolve("results.json")) : MissingNode.getInstance(),
        done && Files.exists(run.resolve("before-after.png")));
  }

  private static JsonNode json(Path file) {
    try {
      return MAPPER.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  String prompt() {
    return config.path("prompt").asText("");
  }

  List<String> questions() {
    List<String> questions = new ArrayList<>();
    config.path("checks").forEach(check -> questions.add(check.path("question").asText("")));
    return questions;
  }

  @Nullable Double probability(String when) {
    return number(results.at("/evaluations/0/" + when + "/probability"));
  }

  private static @Nullable Double number(JsonNode node) {
    return node.isNumber() ? node.asDouble() : null;
  }

  /** Why it failed; empty if it did not. */
  String reason() {
    return standing.state() == JobState.FAILED ? standing.reason() : "";
  }

  /** As data: a row of a table. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", job.name());
    map.put("state", standing.state().toString());
    map.put("tags", String.join(" ", job.tags()));
    map.put("prompt", prompt());
    map.put("questions", String.join(" | ", questions()));
    map.put("seed", config.path("settings").path("seed").asText(""));
    map.put("before", probability("before"));
    map.put("after", probability("after"));
    map.put("steps", results.path("steps").asText(""));
    map.put("secondsDistilling", number(results.path("secondsDistilling")));
    map.put("seconds", standing.seconds());
    map.put("device", standing.device());
    map.put("tries", standing.tries().size());
    map.put("reason", reason());
    return map;
  }
}
