package dev.dualprocess.studio.work;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.audit.Audit;
import dev.dualprocess.audit.AuditReport;
import dev.dualprocess.audit.Limits;
import dev.dualprocess.audit.TurnedDrawing;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.models.OpenedModels;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.probe.Finding;
import dev.dualprocess.probe.Probe;
import dev.dualprocess.probe.ProbeReport;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.studio.jobs.JobFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;

/** Probes and audits, done with the models that are open. */
public final class Requests {
  private static final int AUDITED_SEEDS = 16;

  private Requests() {}

  /**
   * What the verifier thinks of the bare generator's pictures.
   *
   * @param pictures the folder that takes them, as {@code SEED.png} and {@code SEED-shown.png}
   * @param address of that folder for the page
   */
  public static Map<String, Object> probe(
      OpenedModels models,
      Tasks.Watcher watcher,
      RunPlan plan,
      int seeds,
      Path pictures,
      String address)
      throws IOException {
    Generator generator = models.generator(plan.generator());
    Verifier verifier = models.verifier(plan.verifiers());
    Prompt prompt = plan.prompts().get(0);
    try (Probe probe =
        new Probe(
            generator, verifier, prompt, models.text(generator, prompt.text()), plan.settings())) {
      ProbePictures seen = new ProbePictures(Files.createDirectories(pictures), address);
      ProbeReport report =
          probe.look(
              LongStream.range(0, seeds).boxed().toList(),
              watcher,
              rated -> watcher.soFar(Map.of("pictures", seen.with(rated))));
      Map<String, Object> map = report.toMap();
      map.put("sentence", report.findings().sentence());
      map.put("checks", checks(report, map));
      map.put("pictures", seen.all());
      return map;
    }
  }

  /** The checks of a report, each with what was found in a sentence. */
  private static List<Map<String, Object>> checks(ProbeReport report, Map<String, Object> map) {
    List<Map<String, Object>> checks = new ArrayList<>();
    for (Object told : (List<?>) Objects.requireNonNull(map.get("checks"))) {
      Map<String, Object> check = new LinkedHashMap<>();
      ((Map<?, ?>) told).forEach((name, value) -> check.put(String.valueOf(name), value));
      List<Finding> found = report.findings().checks();
      if (checks.size() < found.size()) {
        check.put("sentence", found.get(checks.size()).sentence());
      }
      checks.add(check);
    }
    return checks;
  }

  /** Whether what a job has learnt is real; leaves {@code audit/} in its folder. */
  public static Map<String, Object> audit(OpenedModels models, RunListener watcher, JobFolder job)
      throws IOException {
    RunPlan plan = job.plan();
    Generator generator = models.generator(plan.generator());
    Verifier verifier = models.verifier(plan.verifiers());
    Prompt prompt = plan.prompts().get(0);
    try (RunListener.Progress bar = watcher.progress("Drawing", 2, 0);
        RunFolder folder = RunFolder.open(job.path().resolve("audit"));
        Lora lora = Lora.load(job.lora())) {
      List<Long> unseen =
          LongStream.range(0, AUDITED_SEEDS)
              .map(i -> TrainingRun.FIRST_UNSEEN_SEED + i)
              .boxed()
              .toList();
      Audit audit = Audit.draw(generator, lora, 1.0, prompt, plan.settings(), unseen);
      bar.piece();
      audit.teacher(verifier, words(prompt), wrong(plan));
      AuditReport report = new AuditReport(audit, Limits.DEFAULT, job.lora());
      report.write(folder);
      bar.piece();
      return report.toMap();
    }
  }

  private static List<String> words(Prompt prompt) {
    Question first = prompt.checks().get(0).question();
    return Audit.reworded(first);
  }

  private static Optional<VisualPrompt> wrong(RunPlan plan) {
    return plan.prompts().get(0).checks().stream()
        .flatMap(check -> check.visualPrompt().stream())
        .findFirst()
        .flatMap(right -> TurnedDrawing.of(right, plan.settings().sampling().size()));
  }
}
