package dev.dualprocess.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.JsonProblem;
import dev.dualprocess.config.OneLine;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.overlay.StoredDrawings;
import dev.dualprocess.overlay.VisualPrompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a distillation was asked for: all that its folder's {@code config.json} needs for the run to
 * be begun, or gone on with, by another program or another day. Immutable.
 *
 * @param generator as {@link dev.dualprocess.models.ModelSource} names it
 * @param verifiers named likewise, at least one
 * @param prompts the one it is about, and others that are trained in turn with it; each with checks
 * @param settings of the training
 * @param evaluationSeeds how many unseen seeds are drawn before and after, at least 1
 * @param checkpointEvery steps between checkpoints, at least 1
 */
public record RunPlan(
    String generator,
    List<String> verifiers,
    List<Prompt> prompts,
    DistillSettings settings,
    int evaluationSeeds,
    int checkpointEvery) {
  private static final String DRAWINGS = "drawings";
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException in one line, if something is missing or out of range
   */
  public RunPlan {
    Objects.requireNonNull(settings, "settings");
    if (Objects.requireNonNull(generator, "generator").isBlank()) {
      throw new IllegalArgumentException("a run needs a generator");
    }
    verifiers = List.copyOf(verifiers);
    if (verifiers.isEmpty()) {
      throw new IllegalArgumentException("a run needs a verifier");
    }
    prompts = List.copyOf(prompts);
    if (prompts.isEmpty()) {
      throw new IllegalArgumentException("a run needs a prompt");
    }
    for (Prompt prompt : prompts) {
      if (prompt.checks().isEmpty()) {
        throw new IllegalArgumentException("nothing is asked about '" + prompt.text() + "'");
      }
    }
    if (evaluationSeeds < 1 || checkpointEvery < 1) {
      throw new IllegalArgumentException(
          "evaluation seeds and steps between checkpoints must be at least 1, not %d and %d"
              .formatted(evaluationSeeds, checkpointEvery));
    }
  }

  /** This plan with other settings. */
  public RunPlan withSettings(DistillSettings newSettings) {
    return new RunPlan(
        generator, verifiers, prompts, newSettings, evaluationSeeds, checkpointEvery);
  }

  /** Where the pictures of a run's drawings lie. */
  public static StoredDrawings drawings(Path folder) {
    return new StoredDrawings(folder.resolve(DRAWINGS));
  }

  /**
   * The plan in a run's folder.
   *
   * @throws IOException in one line, if there is none, or it is not whole
   */
  public static RunPlan read(Path folder) throws IOException {
    ConfigFile file = ConfigFile.read(folder.resolve("config.json"));
    return of(file.root(), file.path().toString(), drawings(folder));
  }

  /**
   * A plan as data.
   *
   * @param json as {@link #toMap} makes it; further fields do not count
   * @param where it stands, for messages
   * @param drawings where the pictures of its drawings lie
   * @throws IOException in one line, if it is not whole
   */
  public static RunPlan of(JsonNode json, String where, StoredDrawings drawings)
      throws IOException {
    try {
      List<String> verifiers = new ArrayList<>();
      json.path("verifiers").forEach(verifier -> verifiers.add(verifier.path("id").asText("")));
      List<Prompt> prompts = new ArrayList<>(List.of(prompt(json, where, drawings)));
      for (JsonNode other : json.path("also")) {
        prompts.add(prompt(other, where, drawings));
      }
      return new RunPlan(
          json.path("generator").path("id").asText(""),
          verifiers,
          prompts,
          settings(json.path("settings"), where),
          json.path("evaluationSeeds").asInt(8),
          json.path("checkpointEvery").asInt(25));
    } catch (IllegalArgumentException e) {
      throw new IOException(where + ": " + OneLine.of(String.valueOf(e.getMessage())), e);
    }
  }

  /**
   * The settings in a plan's data.
   *
   * @param where they stand, for messages
   * @throws IOException in one line, if they are not whole
   */
  public static DistillSettings settings(JsonNode json, String where) throws IOException {
    if (!json.isObject()) {
      throw new IOException(where + ": it has no 'settings'");
    }
    try {
      return MAPPER.treeToValue(withLaterSettings(json), DistillSettings.class);
    } catch (JsonProcessingException e) {
      throw new IOException(where + ": settings: " + JsonProblem.ofFields(json, e), e);
    }
  }

  /** Runs that are older than some penalties had none of them, and accumulated nothing. */
  private static JsonNode withLaterSettings(JsonNode settings) {
    JsonNode whole = settings.deepCopy();
    if (whole instanceof ObjectNode all && !all.has("accumulate")) {
      all.put("accumulate", 1);
    }
    if (whole.path("regularisation") instanceof ObjectNode regularisation) {
      for (String penalty : List.of("texturePenalty", "patternPenalty", "velocityPenalty")) {
        if (!regularisation.has(penalty)) {
          regularisation.put(penalty, 0);
        }
      }
    }
    return whole;
  }

  private static Prompt prompt(JsonNode json, String where, StoredDrawings drawings)
      throws IOException {
    Prompt prompt = Prompt.of(json.path("prompt").asText(""));
    for (JsonNode check : json.path("checks")) {
      Question question =
          new Question(check.path("question").asText(""), check.path("answer").asText(""));
      prompt =
          prompt.check(
              new Check(
                  question, drawing(check, where, drawings), check.path("weight").asDouble(1)));
    }
    return prompt;
  }

  private static Optional<VisualPrompt> drawing(
      JsonNode check, String where, StoredDrawings drawings) throws IOException {
    if (check.has("visualPrompt") && !check.has("drawing")) {
      throw new IOException(
          where + ": it was written before drawings were kept; give all options of the run again");
    }
    return check.has("drawing")
        ? Optional.of(drawings.read(check.get("drawing"), where))
        : Optional.empty();
  }

  /**
   * This plan as data.
   *
   * @param drawings where the pictures of its drawings are written
   * @throws IOException if one cannot be written
   */
  public Map<String, Object> toMap(StoredDrawings drawings) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("generator", Map.of("id", generator));
    map.put("verifiers", verifiers.stream().map(id -> Map.of("id", id)).toList());
    map.put("prompt", prompts.get(0).text());
    map.put("checks", checks(prompts.get(0), drawings));
    List<Map<String, Object>> also = new ArrayList<>();
    for (Prompt other : prompts.subList(1, prompts.size())) {
      also.add(Map.of("prompt", other.text(), "checks", checks(other, drawings)));
    }
    map.put("also", also);
    map.put("settings", settings);
    map.put("evaluationSeeds", evaluationSeeds);
    map.put("checkpointEvery", checkpointEvery);
    return map;
  }

  /**
   * {@link #toMap} without models, whose names may be paths of this machine: for what is handed on.
   *
   * @throws IOException if a picture cannot be written
   */
  public Map<String, Object> portable(StoredDrawings drawings) throws IOException {
    Map<String, Object> map = toMap(drawings);
    map.keySet().removeAll(List.of("generator", "verifiers"));
    return map;
  }

  private List<Map<String, Object>> checks(Prompt prompt, StoredDrawings drawings)
      throws IOException {
    List<Map<String, Object>> checks = new ArrayList<>();
    for (Check check : prompt.checks()) {
      Map<String, Object> map = RunConfig.check(check);
      if (check.visualPrompt().isPresent()) {
        map.put("drawing", drawings.write(check.visualPrompt().get(), settings.sampling().size()));
      }
      checks.add(map);
    }
    return checks;
  }
}
