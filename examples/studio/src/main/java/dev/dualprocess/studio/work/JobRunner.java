package dev.dualprocess.studio.work;

import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.config.OneLine;
import dev.dualprocess.config.Secrets;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.models.EncodedPrompt;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.models.OpenedModels;
import dev.dualprocess.run.RunConfig;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.run.Teaching;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.studio.jobs.Announcer;
import dev.dualprocess.studio.jobs.JobFolder;
import dev.dualprocess.studio.jobs.JobNote.Wish;
import dev.dualprocess.studio.jobs.JobQueue;
import dev.dualprocess.studio.jobs.JobState;
import dev.dualprocess.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a job: what {@code dualprocess distill} does, with somebody watching who may ask for more.
 */
public final class JobRunner {
  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private final OpenedModels models;
  private final JobQueue queue;
  private final Announcer announcer;
  private final Runnable betweenSteps;
  private volatile @Nullable LiveJob live;
  private volatile boolean goesOn;

  JobRunner(OpenedModels models, JobQueue queue, Announcer announcer, Runnable betweenSteps) {
    this.models = models;
    this.queue = queue;
    this.announcer = announcer;
    this.betweenSteps = betweenSteps;
  }

  /** What is being run, and how far it is. */
  public Optional<LiveJob> live() {
    return Optional.ofNullable(live);
  }

  /**
   * Lets the running job finish its step, evaluate and save; any thread may call this.
   *
   * @param later whether it is to go on when the studio is started again
   */
  public void stop(boolean later) {
    goesOn = later;
    live().ifPresent(LiveJob::stop);
  }

  void run(JobFolder job) {
    goesOn = false;
    LiveJob watched = new LiveJob(job, announcer);
    live = watched;
    watched.previewEvery(queue.note(job).previewEvery());
    announcer.jobs();
    try {
      boolean stopped = teach(job, watched);
      Wish wish = !stopped ? Wish.ENDED : goesOn ? Wish.RUN : Wish.HOLD;
      queue.wish(job, wish);
    } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
      fail(job, e);
    } finally {
      live = null;
    }
  }

  private void fail(JobFolder job, Throwable e) {
    if (job.state() == JobState.ELSEWHERE) {
      return; // another program was faster, and sees to it
    }
    String why = OneLine.of(Secrets.masked(Torch.message(e)));
    LOG.warn("job {} failed: {}", job.id(), why);
    LOG.debug("job {}", job.id(), e);
    try {
      job.note(queue.note(job).failed(why.isBlank() ? "it failed; the log says where" : why));
    } catch (IOException unwritten) {
      LOG.warn("job {}: {}", job.id(), String.valueOf(unwritten.getMessage()));
    }
  }

  /** Whether it was stopped before its end. */
  private boolean teach(JobFolder job, LiveJob watched) throws IOException {
    RunPlan plan = job.plan();
    try (RunFolder folder = RunFolder.open(job.path())) {
      folder.requireRoomForRun();
      watched.phase("opening models");
      Generator generator = models.generator(plan.generator());
      Verifier verifier = models.verifier(plan.verifiers());
      List<EncodedPrompt> taught =
          plan.prompts().stream()
              .map(prompt -> new EncodedPrompt(prompt, generator.condition(prompt.text())))
              .toList();
      try (TrainingRun run =
          new TrainingRun(
              generator,
              verifier,
              taught,
              plan.settings(),
              folder,
              watched,
              plan.checkpointEvery())) {
        if (folder.hasCheckpoint()) {
          run.resume();
        }
        writeConfig(plan, folder);
        watched.begin(run);
        Previews previews = new Previews(job, run, generator, plan, announcer);
        run.listen(report -> step(watched, previews, report));
        new Teaching(plan, run, folder, watched).teach();
        return run.interrupted();
      }
    }
  }

  private static void writeConfig(RunPlan plan, RunFolder folder) throws IOException {
    folder.writeOverlay(plan.prompts().get(0), plan.settings().sampling().size());
    folder.writeConfig(
        RunConfig.of(
            plan,
            ModelSource.generator(plan.generator()),
            ModelSource.verifiers(plan.verifiers()),
            folder,
            List.of("studio")));
  }

  private void step(LiveJob watched, Previews previews, StepReport report) {
    watched.step(report);
    try {
      if (watched.wantsSave()) {
        watched.run().save();
      }
      if (watched.wantsPreview() || previews.due(report.step(), watched.previewEvery())) {
        watched.spent(() -> previews.draw(report.step()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    watched.spent(betweenSteps::run);
  }
}
