package dev.dualprocess.studio.web;

import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.models.OpenedModels;
import dev.dualprocess.run.Version;
import dev.dualprocess.studio.Example;
import dev.dualprocess.studio.StudioSettings;
import dev.dualprocess.studio.pictures.Drawings;
import dev.dualprocess.studio.work.Needs;
import dev.dualprocess.studio.work.Workbench;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** What a page begins with. */
final class StateRoutes implements StudioServer.Routes {
  private static final int EVALUATION_SEEDS = 8;
  private static final int CHECKPOINT_EVERY = 25;

  private final StudioSettings settings;
  private final Workbench workbench;
  private final JobView view;
  private final Drawings drawings;
  private final EventStream events;
  private final Map<String, CompletableFuture<Sampling>> known = new ConcurrentHashMap<>();
  private final Map<String, DistillSettings> defaults = new ConcurrentHashMap<>();

  StateRoutes(
      StudioSettings settings,
      Workbench workbench,
      JobView view,
      Drawings drawings,
      EventStream events) {
    this.settings = settings;
    this.workbench = workbench;
    this.view = view;
    this.drawings = drawings;
    this.events = events;
  }

  @Override
  public void add(JavalinConfig config) {
    config.routes.get("/api/state", this::state);
    config.routes.get("/api/defaults", this::defaults);
    config.routes.sse("/api/events", events::add);
  }

  /** Opens the models that the form begins with, so that nobody waits for them. */
  void open() {
    CompletableFuture<?> drawing = known(settings.generator());
    CompletableFuture<?> looking =
        workbench.soon(
            Needs.both(settings.generator(), settings.verifiers()),
            models -> models.verifier(settings.verifiers()));
    CompletableFuture<?> unused = CompletableFuture.allOf(drawing, looking);
  }

  /** How a generator is sampled, known as soon as it was opened once. */
  private CompletableFuture<Sampling> known(String id) {
    CompletableFuture<Sampling> before = known.get(id);
    if (before != null && !before.isCompletedExceptionally()) {
      return before;
    }
    CompletableFuture<Sampling> asked =
        workbench.soon(Needs.generator(id), models -> sampling(models, id));
    known.put(id, asked);
    return asked;
  }

  private Sampling sampling(OpenedModels models, String id) throws IOException {
    Generator generator = models.generator(id);
    defaults.put(id, settings.defaults().apply(id, generator));
    return generator.defaultSampling();
  }

  private void state(Context ctx) throws IOException {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("version", Version.current());
    state.put(
        "chosen", Map.of("generator", settings.generator(), "verifiers", settings.verifiers()));
    state.put("models", models());
    CompletableFuture<Sampling> ready = known(settings.generator());
    boolean opened = ready.isDone() && !ready.isCompletedExceptionally();
    state.put("defaults", opened ? plan(settings.generator(), settings.verifiers()) : null);
    state.put("failed", ready.isCompletedExceptionally() ? reason(ready) : null);
    state.put("examples", opened ? examples(ready.join()) : List.of());
    state.put("prompts", prompts(opened ? Optional.of(ready.join()) : Optional.empty()));
    state.put("unseenPrompts", unseenPrompts());
    state.put("suggest", settings.assistant().isPresent());
    state.put("jobs", view.all());
    state.put("device", device(settings.drawing().placement()));
    state.put("memory", MemoryNow.toMap());
    Answer.json(ctx, state);
  }

  private static String device(Placement placement) {
    String numbers = placement.dtype().toString().toLowerCase(Locale.ROOT);
    return "%s, %s, %d threads".formatted(placement.device(), numbers, Torch.threads());
  }

  private static String reason(CompletableFuture<?> failed) {
    return String.valueOf(failed.handle((nothing, failure) -> Torch.message(failure)).join());
  }

  private static Map<String, Object> models() throws IOException {
    List<Map<String, Object>> all = ModelRoutes.all();
    return Map.of(
        "generators", all.stream().filter(row -> "generator".equals(row.get("kind"))).toList(),
        "verifiers", all.stream().filter(row -> "verifier".equals(row.get("kind"))).toList());
  }

  /** A form without prompt and checks. */
  private Map<String, Object> plan(String generator, List<String> verifiers) {
    Map<String, Object> plan = new LinkedHashMap<>();
    plan.put("generator", Map.of("id", generator));
    plan.put("verifiers", verifiers.stream().map(id -> Map.of("id", id)).toList());
    plan.put("prompt", "");
    plan.put("checks", List.of());
    plan.put("also", List.of());
    plan.put("settings", defaults.get(generator));
    plan.put("evaluationSeeds", EVALUATION_SEEDS);
    plan.put("checkpointEvery", CHECKPOINT_EVERY);
    return plan;
  }

  private void defaults(Context ctx) {
    String generator = Optional.ofNullable(ctx.queryParam("generator")).orElse("");
    List<String> verifiers = ctx.queryParams("verifier");
    ctx.future(
        () ->
            known(generator.isBlank() ? settings.generator() : generator)
                .thenAccept(
                    sampling ->
                        Answer.json(
                            ctx,
                            plan(
                                generator.isBlank() ? settings.generator() : generator,
                                verifiers.isEmpty() ? settings.verifiers() : verifiers))));
  }

  private List<Map<String, Object>> examples(Sampling sampling) throws IOException {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Example example : settings.examples()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", example.name());
      map.put("title", example.title());
      map.put("say", example.says());
      map.put("plan", example.plan().apply(sampling).toMap(drawings.stored()));
      all.add(map);
    }
    return all;
  }

  private List<String> prompts(Optional<Sampling> sampling) {
    Set<String> texts = new LinkedHashSet<>();
    sampling.ifPresent(
        how ->
            settings.examples().stream()
                .map(example -> example.plan().apply(how).prompts().get(0).text())
                .forEach(texts::add));
    return List.copyOf(texts);
  }

  private List<String> unseenPrompts() {
    return settings.examples().stream()
        .flatMap(example -> example.unseenPrompts().stream())
        .distinct()
        .toList();
  }
}
