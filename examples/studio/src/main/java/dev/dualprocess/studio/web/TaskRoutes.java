package dev.dualprocess.studio.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.language.Assistant;
import dev.dualprocess.language.AssistantSource;
import dev.dualprocess.language.Instructions;
import dev.dualprocess.language.LanguageTasks;
import dev.dualprocess.language.Usage;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.studio.jobs.JobFolder;
import dev.dualprocess.studio.jobs.JobQueue;
import dev.dualprocess.studio.pictures.Drawings;
import dev.dualprocess.studio.work.Needs;
import dev.dualprocess.studio.work.Requests;
import dev.dualprocess.studio.work.Tasks;
import dev.dualprocess.tensor.Placement;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Short work that a person waits for: probes, audits, suggestions. */
final class TaskRoutes implements StudioServer.Routes {
  private static final int MOST_SEEDS = 64;
  private static final int MOST_QUESTIONS = 4;

  private final Tasks tasks;
  private final JobQueue queue;
  private final Drawings drawings;
  private final Path probes;
  private final Optional<AssistantSource> assistant;
  private final AtomicInteger probed = new AtomicInteger();

  /**
   * Routes to those tasks.
   *
   * @param probes the folder that takes the pictures of probes
   */
  TaskRoutes(
      Tasks tasks,
      JobQueue queue,
      Drawings drawings,
      Path probes,
      Optional<AssistantSource> assistant) {
    this.tasks = tasks;
    this.queue = queue;
    this.drawings = drawings;
    this.probes = probes;
    this.assistant = assistant;
  }

  @Override
  public void add(JavalinConfig config) {
    config.routes.post("/api/probe", this::probe);
    config.routes.get("/api/probes/{probe}/{file}", this::probePicture);
    config.routes.post("/api/jobs/{id}/audit", this::audit);
    config.routes.post("/api/suggest", this::suggest);
    config.routes.get("/api/tasks/{id}", ctx -> Answer.json(ctx, tasks.task(ctx.pathParam("id"))));
    config.routes.post(
        "/api/tasks/{id}/cancel", ctx -> Answer.json(ctx, tasks.cancel(ctx.pathParam("id"))));
  }

  private static void begun(Context ctx, Map<String, Object> task) {
    ctx.status(202);
    Answer.json(ctx, task);
  }

  private void probe(Context ctx) throws IOException {
    JsonNode asked = Answer.body(ctx);
    RunPlan plan = drawings.plan(asked.path("plan"));
    int seeds = asked.path("seeds").asInt(8);
    if (seeds < 1 || seeds > MOST_SEEDS) {
      throw new IllegalArgumentException("a probe draws 1 to " + MOST_SEEDS + " seeds");
    }
    String name = "p" + probed.incrementAndGet() + "-" + System.currentTimeMillis();
    begun(
        ctx,
        tasks.begin(
            "probe",
            "waiting for the models",
            Needs.both(plan.generator(), plan.verifiers()),
            (models, watcher) ->
                Requests.probe(
                    models, watcher, plan, seeds, probes.resolve(name), "/api/probes/" + name)));
  }

  private void probePicture(Context ctx) throws IOException {
    String probe = ctx.pathParam("probe");
    String file = ctx.pathParam("file");
    Path picture = probes.resolve(probe).resolve(file);
    if (!probe.matches("p\\d+-\\d+")
        || !file.matches("\\d+(-shown)?\\.png")
        || !Files.isRegularFile(picture)) {
      throw new NoSuchElementException("there is no such picture");
    }
    Answer.file(ctx, picture);
  }

  private void audit(Context ctx) throws IOException {
    JobFolder job = queue.job(ctx.pathParam("id"));
    if (!Files.isRegularFile(job.lora())) {
      throw new IllegalStateException("this job has not learnt anything yet");
    }
    RunPlan plan = job.plan();
    begun(
        ctx,
        tasks.begin(
            "audit",
            "waiting for the models",
            Needs.both(plan.generator(), plan.verifiers()),
            (models, watcher) -> {
              Requests.audit(models, watcher, job);
              return Objects.requireNonNull(JobView.audit(job));
            }));
  }

  private static List<Map<String, String>> questions(LanguageTasks language, String prompt) {
    return language.questions(prompt, MOST_QUESTIONS, Optional.empty(), Optional.empty()).stream()
        .map(asked -> Map.of("question", asked.text(), "answer", asked.answer()))
        .toList();
  }

  private void suggest(Context ctx) {
    AssistantSource source =
        assistant.orElseThrow(() -> new IllegalStateException("no language model was chosen"));
    JsonNode asked = Answer.body(ctx);
    String prompt = asked.path("prompt").asText("");
    begun(
        ctx,
        tasks.beginAside(
            "suggest",
            "asking " + source.named(),
            watcher -> {
              try (Assistant opened = source.open(Placement.CPU)) {
                LanguageTasks language =
                    new LanguageTasks(opened, Instructions.bundled(), new Usage());
                return Map.of("questions", questions(language, prompt));
              }
            }));
  }
}
