package dev.dualprocess.cli.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
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
record JobResult(Job job, Standing standing, JsonNode config, JsonNode results, boolean pictured) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static JobResult of(BulkFolder folder, Job job, Standing standing) {
    Path run = folder.run(job);
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
  Map<String, Object> toMap() {
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
