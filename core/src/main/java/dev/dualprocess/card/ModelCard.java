package dev.dualprocess.card;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.io.Resources;
import com.samskivert.mustache.Mustache;
import dev.dualprocess.audit.Findings;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.run.Version;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A learnt control as a folder that is ready to be published: {@code lora.safetensors}, {@code
 * README.md} as the hub's model card, {@code before-after.png}, and {@code overlay.png} where there
 * was a drawing. Nothing of the machine it was made on is in it: no command line, no path.
 */
public final class ModelCard {
  /** What its folder may consist of. */
  public static final ImmutableList<String> FILES =
      ImmutableList.of(
          "README.md", FinishedRun.LORA, FinishedRun.BEFORE_AFTER, FinishedRun.OVERLAY);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final FinishedRun run;
  private final Optional<String> baseModel;
  private final Optional<Findings> audit;
  private final CardSettings settings;

  private ModelCard(
      FinishedRun run,
      Optional<String> baseModel,
      Optional<Findings> audit,
      CardSettings settings) {
    this.run = run;
    this.baseModel = baseModel;
    this.audit = audit;
    this.settings = settings;
  }

  /**
   * Reads the folder of a distillation.
   *
   * @param runFolder as a run left it
   * @throws IOException in one line, if it is none, or its audit is of another LoRA
   */
  public static ModelCard of(Path runFolder, CardSettings settings) throws IOException {
    Objects.requireNonNull(runFolder, "runFolder");
    Objects.requireNonNull(settings, "settings");
    FinishedRun run = FinishedRun.read(runFolder);
    Optional<String> base =
        settings.baseModel().isPresent() ? settings.baseModel() : run.generatorOnHub();
    return new ModelCard(run, base, AuditVerdict.of(run, settings.audit()), settings);
  }

  /** The generator's id on the hub, which a card should name; empty where nobody has said it. */
  public Optional<String> baseModel() {
    return baseModel;
  }

  /** Whether it was audited. */
  public boolean audited() {
    return audit.isPresent();
  }

  /**
   * Writes the folder, which is made if need be.
   *
   * @throws IOException in one line, if it is the folder of a run, or cannot be written
   */
  public void write(Path folder) throws IOException {
    Objects.requireNonNull(folder, "folder");
    Files.createDirectories(folder);
    if (Files.exists(folder.resolve("config.json"))) {
      throw new IOException(folder + ": is the folder of a run; choose another --out");
    }
    try (Lora lora = Lora.load(run.lora())) {
      lora.save(folder.resolve(FinishedRun.LORA));
    }
    for (String picture : pictures()) {
      AtomicFile.write(
          folder.resolve(picture),
          temporary ->
              Files.copy(
                  run.folder().resolve(picture), temporary, StandardCopyOption.REPLACE_EXISTING));
    }
    AtomicFile.writeText(folder.resolve("README.md"), text());
  }

  private List<String> pictures() {
    return List.of(FinishedRun.BEFORE_AFTER, FinishedRun.OVERLAY).stream()
        .filter(this::has)
        .toList();
  }

  private boolean has(String file) {
    return Files.isRegularFile(run.folder().resolve(file));
  }

  /** The card: the hub's metadata in YAML, then Markdown. */
  public String text() throws IOException {
    String template =
        Resources.toString(
            Resources.getResource(ModelCard.class, "card.md"), StandardCharsets.UTF_8);
    return Mustache.compiler().withEscaper(Markdown::escaped).compile(template).execute(page());
  }

  private Map<String, Object> page() throws IOException {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("license", settings.license());
    page.put("licenseOpen", settings.license().equals(CardSettings.LICENSE_UNKNOWN));
    page.put("hubId", baseModel.orElse(""));
    page.put("onHub", baseModel.isPresent());
    page.put("base", baseModel.orElseGet(run::generatorName));
    page.put("name", settings.name().orElseGet(run::prompt));
    page.put("promptYaml", quoted(run.prompt()));
    page.put("prompts", run.prompts());
    page.put("checks", run.checks().stream().map(ModelCard::check).toList());
    page.put("verifiers", String.join(", ", run.verifierNames()));
    page.put("beforeAfter", has(FinishedRun.BEFORE_AFTER));
    page.put("overlay", has(FinishedRun.OVERLAY));
    page.put("rated", !run.evaluations().isEmpty());
    page.put("evaluations", run.evaluations().stream().map(ModelCard::evaluation).toList());
    page.put("settings", rows(run.settings()));
    page.put("audited", audited());
    page.put("verdict", audit.map(a -> a.verdict().sentence()).orElse(""));
    page.put("findings", audit.map(Findings::findings).orElse(List.of()));
    page.put("promptPython", quoted(run.prompt()));
    page.put("version", Version.current());
    return page;
  }

  /** As a text in JSON, which is one in YAML and in Python too. */
  private static String quoted(String text) throws JsonProcessingException {
    StringBuilder quoted = new StringBuilder();
    MAPPER
        .writeValueAsString(text)
        .codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) { // those that JSON allows and YAML does not
                quoted.append("\\u%04x".formatted(c));
              } else {
                quoted.appendCodePoint(c);
              }
            });
    return quoted.toString();
  }

  private static Map<String, Object> check(JsonNode check) {
    String drawing = check.path("visualPrompt").asText("");
    return Map.of(
        "question", check.path("question").asText(),
        "answer", check.path("answer").asText(),
        "drawing", check.path("overlayMode").isMissingNode() ? "" : drawn(drawing));
  }

  /** A drawing of a user's own is told by its file's name. */
  private static String drawn(String drawing) {
    return drawing.substring(Math.max(drawing.lastIndexOf('/'), drawing.lastIndexOf('\\')) + 1);
  }

  private static Map<String, Object> evaluation(JsonNode evaluation) {
    return Map.of(
        "prompt", evaluation.path("prompt").asText(),
        "trained", evaluation.path("trained").asBoolean() ? "yes" : "no",
        "seeds", evaluation.path("unseenSeeds").asText(),
        "before", probability(evaluation.path("before")),
        "after", probability(evaluation.path("after")));
  }

  private static String probability(JsonNode side) {
    return String.format(Locale.ROOT, "%.3f", side.path("probability").asDouble(Double.NaN));
  }

  private static List<Map<String, String>> rows(Map<String, String> settings) {
    List<Map<String, String>> rows = new ArrayList<>();
    settings.forEach((key, value) -> rows.add(Map.of("key", key, "value", value)));
    return rows;
  }
}
