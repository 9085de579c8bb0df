package dev.dualprocess.studio.work;

import dev.dualprocess.Generator;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.image.Png;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.run.SamplingParameters;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.studio.jobs.Announcer;
import dev.dualprocess.studio.jobs.JobFolder;
import dev.dualprocess.studio.jobs.Preview;
import dev.dualprocess.studio.jobs.PreviewLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pinned seeds of a run: drawn bare once, and with what was learnt every so many steps, but in
 * no more than a part of the run's time.
 */
final class Previews {
  private static final int SEEDS = 2;
  private static final int REST = 9; // times as long as the preview before took

  private final JobFolder job;
  private final TrainingRun run;
  private final RunPlan plan;
  private final Announcer announcer;
  private final Map<String, Object> sampling;
  private List<Rated> bare = List.of();
  private long rested = System.nanoTime();

  Previews(JobFolder job, TrainingRun run, Generator generator, RunPlan plan, Announcer announcer) {
    this.job = job;
    this.run = run;
    this.plan = plan;
    this.announcer = announcer;
    this.sampling = SamplingParameters.of(generator, plan.settings().sampling());
  }

  boolean due(int step, int every) {
    return every > 0 && step % every == 0 && System.nanoTime() - rested >= 0;
  }

  void draw(int step) throws IOException {
    long start = System.nanoTime();
    drawNow(step);
    long end = System.nanoTime();
    rested = end + REST * (end - start);
  }

  private void drawNow(int step) throws IOException {
    if (bare.isEmpty()) {
      bare = run.look(SEEDS);
      for (Rated rated : bare) {
        write("bare", rated, List.of());
      }
    }
    List<Preview> drawn = new ArrayList<>();
    try (Attachment learnt = run.attach()) {
      List<Rated> now = run.look(SEEDS);
      for (int i = 0; i < now.size(); i++) {
        String name = "step-%06d".formatted(step);
        drawn.add(
            new Preview(
                step,
                now.get(i).seed(),
                file("bare", now.get(i)),
                write(name, now.get(i), List.of("lora.safetensors:1.0")),
                now.get(i).probability(),
                Preview.measures(bare.get(i).image(), now.get(i).image())));
      }
    }
    new PreviewLog(job.path()).add(drawn);
    drawn.forEach(preview -> announcer.preview(job.id(), preview));
  }

  private static String file(String name, Rated rated) {
    return "previews/%s-seed-%d.png".formatted(name, rated.seed());
  }

  private String write(String name, Rated rated, List<String> loras) throws IOException {
    String file = file(name, rated);
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("prompt", plan.prompts().get(0).text());
    parameters.put("seed", rated.seed());
    parameters.putAll(sampling);
    parameters.put("loras", loras);
    parameters.put("probability", rated.probability());
    parameters.put("run", plan.portable(RunPlan.drawings(job.path())));
    Png.write(
        job.path().resolve(file), rated.image(), Map.of("parameters", Parameters.text(parameters)));
    return file;
  }
}
