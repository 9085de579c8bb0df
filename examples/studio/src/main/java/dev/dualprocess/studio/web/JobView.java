package dev.dualprocess.studio.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.audit.Findings;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.studio.jobs.JobFolder;
import dev.dualprocess.studio.jobs.JobNote;
import dev.dualprocess.studio.jobs.JobQueue;
import dev.dualprocess.studio.jobs.Preview;
import dev.dualprocess.studio.jobs.PreviewLog;
import dev.dualprocess.studio.jobs.Reports;
import dev.dualprocess.studio.work.JobRunner;
import dev.dualprocess.studio.work.LiveJob;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Jobs as the page is told of them. */
final class JobView {
  private final JobQueue queue;
  private final JobRunner runner;

  JobView(JobQueue queue, JobRunner runner) {
    this.queue = queue;
    this.runner = runner;
  }

  List<Map<String, Object>> all() {
    return queue.all().stream().map(this::summary).toList();
  }

  /** The line of the job that is being run, if one is. */
  Optional<Map<String, Object>> running() {
    return runner.live().map(live -> summary(live.job()));
  }

  /** A line of the list. */
  Map<String, Object> summary(JobFolder job) {
    JobNote note = queue.note(job);
    JsonNode results = job.results();
    JsonNode config = job.config();
    Optional<LiveJob> live = live(job);
    boolean shown = Files.exists(job.path().resolve("before-after.png"));
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", job.id());
    map.put("name", note.name());
    map.put("prompt", config.path("prompt").asText(""));
    map.put("state", queue.state(job).toString());
    map.put("phase", live.map(LiveJob::phase).orElse(""));
    map.put("done", live.map(LiveJob::done).orElse(0));
    map.put("total", live.map(LiveJob::total).orElse(0));
    int steps = config.path("settings").path("steps").asInt();
    int step = live.map(LiveJob::step).orElseGet(() -> results.path("steps").asInt());
    map.put("step", step);
    map.put("steps", steps);
    @Nullable Double perStep = seconds(live);
    map.put("stepsPerSecond", perStep == null ? null : 1 / perStep);
    map.put("secondsLeft", perStep == null ? null : perStep * (steps - step));
    map.put("probabilityBefore", probability(results, "before"));
    map.put("probabilityAfter", probability(results, "after"));
    map.put("created", note.created());
    map.put("picture", shown ? address(job.id(), "before-after.png") : null);
    map.put("error", note.error().isEmpty() ? null : note.error());
    map.put("previewEvery", note.previewEvery());
    if (live.isPresent()) {
      map.put("previewShare", live.get().shareOfPreviews());
      map.put("memory", MemoryNow.toMap());
    }
    return map;
  }

  private static @Nullable Double seconds(Optional<LiveJob> live) {
    return live.isPresent() && live.get().secondsPerStep().isPresent()
        ? live.get().secondsPerStep().getAsDouble()
        : null;
  }

  private Optional<LiveJob> live(JobFolder job) {
    return runner.live().filter(live -> live.job().id().equals(job.id()));
  }

  private static @Nullable Double probability(JsonNode results, String when) {
    JsonNode value = results.path("evaluations").path(0).path(when).path("probability");
    return value.isNumber() ? value.asDouble() : null;
  }

  /** All of a job. */
  Map<String, Object> whole(JobFolder job) {
    Optional<LiveJob> live = live(job);
    Map<String, Object> map = summary(job);
    map.put("plan", plan(job));
    map.put(
        "reports", live.map(LiveJob::reports).orElseGet(() -> Reports.read(job.path()).toMap()));
    map.put(
        "previews",
        new PreviewLog(job.path())
            .all().stream().map(preview -> preview(job.id(), preview)).toList());
    map.put("results", job.results().isMissingNode() ? null : job.results());
    map.put("comparison", comparison(job));
    map.put("files", job.files());
    map.put("audit", audit(job));
    return map;
  }

  private static @Nullable Object plan(JobFolder job) {
    try {
      return job.plan().toMap(RunPlan.drawings(job.path()));
    } catch (IOException e) {
      return null;
    }
  }

  static Map<String, Object> preview(String job, Preview preview) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("step", preview.step());
    map.put("seed", preview.seed());
    map.put("without", address(job, preview.without()));
    map.put("with", address(job, preview.with()));
    map.put("probability", preview.probability());
    map.put("measures", preview.measures());
    return map;
  }

  private static String address(String job, String file) {
    return "/api/jobs/" + job + "/files/" + file;
  }

  /** The unseen seeds of which both pictures are there. */
  private static List<Map<String, Object>> comparison(JobFolder job) {
    List<Map<String, Object>> pairs = new ArrayList<>();
    List<String> files = job.files();
    for (String after : files) {
      if (after.startsWith("images/") && after.endsWith("-after.png")) {
        String before = after.replace("-after.png", "-before.png");
        String seed = after.replaceAll(".*-seed-(-?\\d+)-after\\.png", "$1");
        if (files.contains(before) && seed.matches("-?\\d+")) {
          pairs.add(
              Map.of(
                  "seed",
                  Long.valueOf(seed),
                  "before",
                  address(job.id(), before),
                  "after",
                  address(job.id(), after)));
        }
      }
    }
    return pairs;
  }

  /** The verdict of the last audit in words, if there was one. */
  static @Nullable Map<String, Object> audit(JobFolder job) {
    try {
      JsonNode results = ConfigFile.read(job.path().resolve("audit/results.json")).root();
      Findings.Verdict verdict = Findings.Verdict.valueOf(results.path("verdict").asText());
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("verdict", verdict);
      map.put("sentence", verdict.sentence());
      map.put("findings", results.path("findings"));
      map.put("page", address(job.id(), "audit/audit.html"));
      return map;
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }
}
