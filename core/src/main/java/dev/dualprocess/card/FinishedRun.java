package dev.dualprocess.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.hub.HubCache;
import dev.dualprocess.hub.HubId;
import dev.dualprocess.spi.ModelName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * What the folder of a distillation tells of it.
 *
 * @param folder with {@code lora.safetensors}
 * @param config its {@code config.json}
 * @param results its {@code results.json}; missing where the run ended before its evaluation
 */
record FinishedRun(Path folder, JsonNode config, JsonNode results) {
  static final String LORA = "lora.safetensors";
  static final String BEFORE_AFTER = "before-after.png";
  static final String OVERLAY = "overlay.png";

  static FinishedRun read(Path folder) throws IOException {
    for (String needed : List.of(LORA, "config.json")) {
      if (!Files.isRegularFile(folder.resolve(needed))) {
        throw new IOException(
            "%s: not the folder of a distillation: it has no %s; give the --out of 'distill'"
                .formatted(folder, needed));
      }
    }
    Path results = folder.resolve("results.json");
    return new FinishedRun(
        folder,
        ConfigFile.read(folder.resolve("config.json")).root(),
        Files.isRegularFile(results) ? ConfigFile.read(results).root() : MissingNode.getInstance());
  }

  Path lora() {
    return folder.resolve(LORA);
  }

  String prompt() {
    return config.path("prompt").asText("");
  }

  /** The texts it was trained on, the run's own first. */
  List<String> prompts() {
    List<String> texts = new ArrayList<>(List.of(prompt()));
    config.path("also").forEach(other -> texts.add(other.path("prompt").asText("")));
    return texts;
  }

  /** What the first text was asked about. */
  List<JsonNode> checks() {
    return elements(config.path("checks"));
  }

  /** The pictures of unseen seeds before and after, text by text. */
  List<JsonNode> evaluations() {
    return elements(results.path("evaluations"));
  }

  String generatorName() {
    return nameOf(config.path("generator").path("id").asText(""));
  }

  List<String> verifierNames() {
    return elements(config.path("verifiers")).stream()
        .map(verifier -> nameOf(verifier.path("id").asText("")))
        .toList();
  }

  /** The generator's hub id, if that is how it was found. */
  Optional<String> generatorOnHub() throws IOException {
    String id = config.path("generator").path("id").asText("");
    String name = nameOf(id);
    boolean byId = isHubId(id) && HubCache.ofUser().snapshot(id).isPresent();
    boolean inCache = !name.equals(id) && isHubId(name);
    return byId || inCache ? Optional.of(name) : Optional.empty();
  }

  private static boolean isHubId(String text) {
    return HubId.of(text).isPresent();
  }

  /** A hub id is its own name; of a folder no more is told than its last part. */
  private static String nameOf(String id) {
    if (isHubId(id)) {
      return id;
    }
    try {
      return ModelName.of(Path.of(id));
    } catch (InvalidPathException e) {
      return id;
    }
  }

  /** What was set, in words of the field, in the order of a table. */
  Map<String, String> settings() {
    JsonNode settings = config.path("settings");
    JsonNode sampling = settings.path("sampling");
    JsonNode size = sampling.path("size");
    JsonNode lora = settings.path("lora");
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("Steps", results.path("steps").asText(settings.path("steps").asText()));
    rows.put("Learning rate", settings.path("adam").path("learningRate").asText());
    rows.put("Rank", lora.path("rank").asText());
    rows.put("Alpha", lora.path("alpha").asText());
    rows.put("Target modules", lora.path("targetModules").asText());
    rows.put("Noise seeds", settings.path("seeds").asText());
    if (settings.path("accumulate").asInt(1) > 1) {
      rows.put("Seeds a step", settings.path("accumulate").asText());
    }
    rows.put("Size", size.path("width").asText() + " x " + size.path("height").asText());
    rows.put("Inference steps", sampling.path("numInferenceSteps").asText());
    rows.put("Guidance scale", sampling.path("guidanceScale").asText());
    rows.put("Seed", settings.path("seed").asText());
    rows.values().removeIf(String::isEmpty);
    return rows;
  }

  static List<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
