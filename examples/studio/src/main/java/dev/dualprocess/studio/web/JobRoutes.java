package dev.dualprocess.studio.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.studio.jobs.JobFolder;
import dev.dualprocess.studio.jobs.JobNote.Wish;
import dev.dualprocess.studio.jobs.JobQueue;
import dev.dualprocess.studio.jobs.JobState;
import dev.dualprocess.studio.pictures.Drawings;
import dev.dualprocess.studio.work.JobRunner;
import dev.dualprocess.studio.work.LiveJob;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Optional;

/** Jobs: asked for, stopped, gone on with, moved and removed. */
final class JobRoutes implements StudioServer.Routes {
  private static final int LONGEST_NAME = 200;

  private final JobQueue queue;
  private final JobRunner runner;
  private final JobView view;
  private final Drawings drawings;

  JobRoutes(JobQueue queue, JobRunner runner, JobView view, Drawings drawings) {
    this.queue = queue;
    this.runner = runner;
    this.view = view;
    this.drawings = drawings;
  }

  @Override
  public void add(JavalinConfig config) {
    config.routes.post("/api/jobs", this::create);
    config.routes.get("/api/jobs/{id}", ctx -> Answer.json(ctx, view.whole(job(ctx))));
    config.routes.delete("/api/jobs/{id}", this::delete);
    config.routes.post("/api/jobs/{id}/stop", this::stop);
    config.routes.post("/api/jobs/{id}/continue", this::goOn);
    config.routes.post("/api/jobs/{id}/draw", ctx -> tell(ctx, live(ctx)::wantPreview));
    config.routes.post("/api/jobs/{id}/save", ctx -> tell(ctx, live(ctx)::wantSave));
    config.routes.post("/api/jobs/{id}/preview", this::previewEvery);
    config.routes.post("/api/jobs/{id}/move", this::move);
  }

  private JobFolder job(Context ctx) {
    return queue.job(ctx.pathParam("id"));
  }

  private LiveJob live(Context ctx) {
    JobFolder job = job(ctx);
    return runner
        .live()
        .filter(live -> live.job().equals(job))
        .orElseThrow(() -> new IllegalStateException("this job is not being run"));
  }

  private void tell(Context ctx, Runnable what) {
    what.run();
    Answer.json(ctx, view.summary(job(ctx)));
  }

  private void create(Context ctx) throws IOException {
    JsonNode asked = Answer.body(ctx);
    String name = asked.path("name").asText("");
    if (name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("a name has at most " + LONGEST_NAME + " letters");
    }
    JobFolder job = queue.add(drawings.plan(asked.path("plan")), name);
    ctx.status(201);
    Answer.json(ctx, view.summary(job));
  }

  private void delete(Context ctx) throws IOException {
    queue.delete(job(ctx));
    ctx.status(204);
  }

  private void stop(Context ctx) throws IOException {
    JobFolder job = job(ctx);
    if (queue.state(job) == JobState.RUNNING) {
      runner.stop(/* later= */ false);
    } else if (queue.state(job) == JobState.QUEUED) {
      queue.wish(job, Wish.HOLD);
    } else {
      throw new IllegalStateException("this job is not being run, nor does it wait");
    }
    Answer.json(ctx, view.summary(job));
  }

  private void goOn(Context ctx) throws IOException {
    JobFolder job = job(ctx);
    JobState state = queue.state(job);
    if (state == JobState.RUNNING || state == JobState.QUEUED || state == JobState.ELSEWHERE) {
      throw new IllegalStateException("this job is " + state + " already");
    }
    JsonNode steps = Answer.body(ctx).path("steps");
    if (steps.isInt()) {
      RunPlan plan = job.plan();
      queue.replan(job, plan.withSettings(plan.settings().withSteps(steps.asInt())));
    }
    queue.wish(job, Wish.RUN);
    Answer.json(ctx, view.summary(job));
  }

  private void previewEvery(Context ctx) throws IOException {
    JobFolder job = job(ctx);
    int every = Answer.body(ctx).path("every").asInt(-1);
    if (every < 0) {
      throw new IllegalArgumentException("'every' is a number of steps, 0 for no previews");
    }
    job.note(queue.note(job).previewing(every));
    runner
        .live()
        .filter(live -> live.job().equals(job))
        .ifPresent(live -> live.previewEvery(every));
    Answer.json(ctx, view.summary(job));
  }

  private void move(Context ctx) throws IOException {
    JobFolder job = job(ctx);
    JsonNode before = Answer.body(ctx).path("before");
    queue.move(job, before.isTextual() ? Optional.of(before.asText()) : Optional.empty());
    Answer.json(ctx, view.all());
  }
}
