package dev.dualprocess.run;

import dev.dualprocess.distill.DistillationException;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.tensor.NotFiniteException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A distillation from its first look to its results: rates unseen seeds, distils, rates them again,
 * and leaves {@code results.json}, {@code before-after.png} and {@code images/} in the run's folder
 * beside what {@link TrainingRun#distil} saves.
 */
public final class Teaching {
  private final TrainingRun run;
  private final RunFolder folder;
  private final RunPlan plan;
  private final RunListener watcher;

  /** Prepares it; run and folder stay the caller's. */
  public Teaching(RunPlan plan, TrainingRun run, RunFolder folder, RunListener watcher) {
    this.plan = Objects.requireNonNull(plan, "plan");
    this.run = Objects.requireNonNull(run, "run");
    this.folder = Objects.requireNonNull(folder, "folder");
    this.watcher = Objects.requireNonNull(watcher, "watcher");
  }

  /**
   * Does it all.
   *
   * @return the unseen seeds before and after
   * @throws IOException in one line, if files cannot be written
   * @throws DistillationException if the run failed; what was learnt before is in the folder
   */
  public Comparison teach() throws IOException {
    String text = plan.prompts().get(0).text();
    List<Rated> before = run.evaluate(plan.evaluationSeeds());
    run.distil();
    Comparison comparison;
    try (Attachment learnt = run.attach()) {
      comparison = Comparison.ofBoth(text, true, before, run.evaluate(before.size()));
    } catch (NotFiniteException | DistillationException e) {
      throw new UnratedRun(run, folder, before, results(List.of())).keep(e);
    }
    run.writeImages(comparison, Map.of("run", plan.portable(RunPlan.drawings(folder.path()))));
    folder.writeBeforeAfter(comparison.picture());
    Map<String, Object> results = results(List.of(comparison.toMap()));
    folder.writeResults(results);
    watcher.event("done", results);
    return comparison;
  }

  private Map<String, Object> results(List<Map<String, Object>> evaluations) {
    List<StepReport> reports = run.reports();
    int round = Math.min(reports.size(), run.stepsOfARound());
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("task", "distill");
    results.put("steps", reports.size());
    results.put("interrupted", run.interrupted());
    results.put("stoppedEarly", run.stoppedEarly());
    results.put("secondsDistilling", run.seconds());
    results.put("meanLossFirstRound", meanLoss(reports.subList(0, round)));
    results.put(
        "meanLossLastRound", meanLoss(reports.subList(reports.size() - round, reports.size())));
    results.put("evaluations", evaluations);
    return results;
  }

  /** Mean loss over one round of the training seeds. */
  private static @Nullable Double meanLoss(List<StepReport> reports) {
    return reports.isEmpty()
        ? null
        : reports.stream().mapToDouble(StepReport::loss).average().orElseThrow();
  }
}
