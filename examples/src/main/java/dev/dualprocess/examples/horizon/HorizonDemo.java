package dev.dualprocess.examples.horizon;

import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Sampling;
import dev.dualprocess.distill.AdamSettings;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.examples.run.Comparison;
import dev.dualprocess.examples.run.Console;
import dev.dualprocess.examples.run.RunFolder;
import dev.dualprocess.examples.run.TrainingRun;
import dev.dualprocess.examples.world.meter.EdgeMeter;
import dev.dualprocess.examples.world.meter.HorizonMeter;
import dev.dualprocess.examples.world.meter.TwoSegmentMeter;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.overlay.VisualPrompt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Moves the horizon to a red line and measures it: on unseen seeds of the trained prompt and of
 * other prompts, in the pixels and by the verifier's probability.
 */
public final class HorizonDemo {
  /** Height and width of its images. */
  public static final int SIDE = 64;

  private static final int UNSEEN_SEEDS = 64;
  private static final int UNSEEN_SEEDS_OF_OTHERS = 32;
  private static final double LEARNING_RATE = 8e-4;
  private static final int RANK = 16;
  private static final List<String> OTHER_PROMPTS =
      List.of(
          "a photo of the sea at dawn",
          "a photo of a desert with mountains at night",
          "a photo of a meadow with a house at sunset");

  private static final HorizonMeter METER = new EdgeMeter();
  private static final HorizonMeter SECOND_METER = new TwoSegmentMeter();

  private final TrainingRun run;
  private final Prompt prompt;
  private final double target;
  private final RunFolder folder;
  private final Console console;

  /** Of a prepared run. Nothing is owned. */
  public HorizonDemo(
      TrainingRun run, Prompt prompt, double horizon, RunFolder folder, Console console) {
    this.run = run;
    this.prompt = prompt;
    this.target = Math.round(horizon * SIDE);
    this.folder = folder;
    this.console = console;
  }

  /** A text whose images should have their horizon there. */
  public static Prompt prompt(String text, double horizon) {
    VisualPrompt line = VisualPrompt.horizon(horizon);
    Question question =
        new Question(line.defaultQuestion().orElseThrow(), "Yes").withYesNoPostfix();
    return Prompt.of(text).check(new Check(question, Optional.of(line)));
  }

  /**
   * The authors' preset with what suits a model of 2 million parameters; fresh noise at every step.
   */
  public static DistillSettings settings(Sampling sampling, int steps, long seed) {
    DistillSettings authors = DistillSettings.authors(sampling);
    return new DistillSettings(
        steps,
        steps,
        seed,
        new LoraSettings(RANK, RANK, LoraSettings.Init.GAUSSIAN),
        AdamSettings.PAPER.withLearningRate(LEARNING_RATE),
        authors.sampling(),
        authors.presentation(),
        authors.vqa(),
        authors.scheme());
  }

  /** Evaluates, distils, evaluates again, and writes every file of the run. */
  public void run() throws IOException {
    List<String> others =
        OTHER_PROMPTS.stream().filter(other -> !other.equals(prompt.text())).toList();
    List<Rated> before = run.evaluate(UNSEEN_SEEDS);
    List<List<Rated>> othersBefore =
        others.stream().map(other -> run.evaluate(other, UNSEEN_SEEDS_OF_OTHERS)).toList();
    run.distil();
    List<Comparison> comparisons = new ArrayList<>();
    try (Attachment learnt = run.attach()) {
      comparisons.add(new Comparison(prompt.text(), true, before, run.evaluate(UNSEEN_SEEDS)));
      for (int i = 0; i < others.size(); i++) {
        comparisons.add(
            new Comparison(
                others.get(i),
                false,
                othersBefore.get(i),
                run.evaluate(others.get(i), UNSEEN_SEEDS_OF_OTHERS)));
      }
    }
    write(comparisons);
  }

  private void write(List<Comparison> comparisons) throws IOException {
    for (Comparison comparison : comparisons) {
      run.writeImages(comparison);
    }
    folder.writeBeforeAfter(comparisons.get(0).picture());
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("task", "horizon");
    results.put("unit", "px");
    results.put("steps", run.reports().size());
    results.put("interrupted", run.interrupted());
    results.put("secondsDistilling", run.seconds());
    results.put("evaluations", comparisons.stream().map(this::measured).toList());
    folder.writeResults(results);
    console.event("done", results);
    comparisons.forEach(this::tell);
    console.say("Distilling took %.1f s. Results are in %s", run.seconds(), folder.path());
  }

  private Map<String, Object> measured(Comparison comparison) {
    Map<String, Object> map = new LinkedHashMap<>();
    comparison
        .toMap()
        .forEach(
            (key, value) -> {
              if (key.equals("before")) {
                map.put("target", target);
                map.put(key, errors(comparison.before(), value));
              } else {
                map.put(key, key.equals("after") ? errors(comparison.after(), value) : value);
              }
            });
    return map;
  }

  private Map<String, Object> errors(List<Rated> rated, Object summary) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("pixelError", pixelError(METER, rated));
    map.put("pixelErrorSecondMeter", pixelError(SECOND_METER, rated));
    ((Map<?, ?>) summary).forEach((key, value) -> map.put(String.valueOf(key), value));
    return map;
  }

  /** Mean distance of the horizon from the line, in pixels. */
  private double pixelError(HorizonMeter meter, List<Rated> rated) {
    return rated.stream()
        .mapToDouble(r -> Math.abs(meter.horizon(r.image()) - target))
        .average()
        .orElseThrow();
  }

  private void tell(Comparison comparison) {
    console.say(
        "%-45s horizon off by %5.2f -> %5.2f px, probability %.2f -> %.2f%s",
        "'" + comparison.prompt() + "'",
        pixelError(METER, comparison.before()),
        pixelError(METER, comparison.after()),
        Comparison.probability(comparison.before()),
        Comparison.probability(comparison.after()),
        comparison.trained() ? "" : " (not trained on)");
  }
}
