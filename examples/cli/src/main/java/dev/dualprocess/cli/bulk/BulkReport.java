package dev.dualprocess.cli.bulk;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import com.google.common.io.Resources;
import com.samskivert.mustache.Mustache;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a bulk leaves for people, spreadsheets and programs: {@code index.html}, {@code
 * results.csv}, {@code results.json}.
 *
 * @param folder where it goes
 * @param results job by job
 */
public record BulkReport(Path folder, List<JobResult> results) {
  private static final ObjectMapper MAPPER =
      JsonOutput.mapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** How these jobs stand now. */
  public static BulkReport of(BulkFolder folder, List<Job> jobs, int retries) throws IOException {
    return new BulkReport(
        folder.path(),
        folder.standings(jobs, retries).entrySet().stream()
            .map(each -> JobResult.of(folder.run(each.getKey()), each.getKey(), each.getValue()))
            .toList());
  }

  /** How many jobs there are. */
  public int size() {
    return results.size();
  }

  private long count(JobState state) {
    return results.stream().filter(result -> result.standing().state() == state).count();
  }

  /** How many are where. */
  public Map<String, Object> summary() {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("task", "bulk");
    summary.put("jobs", size());
    for (JobState state : JobState.values()) {
      summary.put(state.toString(), count(state));
    }
    return summary;
  }

  /** The same for people. */
  public String line() {
    long left = count(JobState.WAITING) + count(JobState.RUNNING);
    return "%d of %d jobs are done, %d failed, %d are left."
        .formatted(count(JobState.DONE), size(), count(JobState.FAILED), left);
  }

  /** The jobs that failed, a line each. */
  public List<String> failures() {
    return results.stream()
        .filter(result -> result.standing().state() == JobState.FAILED)
        .map(result -> "%s: %s".formatted(result.job().name(), result.reason()))
        .toList();
  }

  /** Writes the three files. */
  public void write() throws IOException {
    List<Map<String, Object>> rows = results.stream().map(JobResult::toMap).toList();
    Map<String, Object> all = new LinkedHashMap<>(summary());
    all.put("results", rows);
    AtomicFile.writeText(folder.resolve("results.json"), MAPPER.writeValueAsString(all) + "\n");
    AtomicFile.writeText(folder.resolve("results.csv"), csv(rows));
    AtomicFile.writeText(folder.resolve("index.html"), html());
  }

  private static String csv(List<Map<String, Object>> rows) throws IOException {
    CsvSchema.Builder schema = CsvSchema.builder();
    rows.get(0).keySet().forEach(schema::addColumn);
    return new CsvMapper().writer(schema.build().withHeader()).writeValueAsString(rows);
  }

  private String html() throws IOException {
    String template =
        Resources.toString(
            Resources.getResource(BulkReport.class, "index.html"), StandardCharsets.UTF_8);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("line", line());
    page.put("jobs", results.stream().map(BulkReport::shown).toList());
    return Mustache.compiler().compile(template).execute(page);
  }

  private static Map<String, Object> shown(JobResult result) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", result.job().name());
    map.put("state", result.standing().state().toString());
    map.put("tags", result.job().tags());
    map.put("prompt", result.prompt());
    map.put("questions", result.questions());
    map.put("before", shown(result.probability("before")));
    map.put("after", shown(result.probability("after")));
    map.put("seconds", String.format(Locale.ROOT, "%.1f", result.standing().seconds()));
    map.put("device", result.standing().device());
    map.put("tries", result.standing().tries().size());
    map.put("reason", result.reason());
    map.put("failed", !result.reason().isEmpty());
    map.put("pictured", result.pictured());
    return map;
  }

  private static String shown(@Nullable Double probability) {
    return probability == null ? "" : String.format(Locale.ROOT, "%.3f", probability);
  }
}
