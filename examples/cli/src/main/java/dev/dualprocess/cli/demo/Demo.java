package dev.dualprocess.cli.demo;

import dev.dualprocess.Prompt;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.run.Comparison;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.TrainingRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Teaches a task and measures it: on unseen seeds of the trained prompt and of other prompts, in
 * the pixels and by the verifier's probability.
 */
public final class Demo {
  static final int UNSEEN_SEEDS = 64;
  private static final int UNSEEN_SEEDS_OF_OTHERS = 32;

  private final DemoTask task;
  private final TrainingRun run;
  private final Prompt prompt;
  private final int steps;
  private final int tokenSide;
  private final RunFolder folder;
  private final Console console;

  /**
   * Of a prepared run. Nothing is owned.
   *
   * @param prompt by whose checks pictures are rated; the run may train on more
   * @param steps how many the run will make
   * @param tokenSide pixels along each side of a token of the generator
   */
  public Demo(
      DemoTask task,
      TrainingRun run,
      Prompt prompt,
      int steps,
      int tokenSide,
      RunFolder folder,
      Console console) {
    run.rateBy(prompt.checks());
    this.task = task;
    this.run = run;
    this.prompt = prompt;
    this.steps = steps;
    this.tokenSide = tokenSide;
    this.folder = folder;
    this.console = console;
  }

  /** Evaluates, distils, evaluates again, and writes every file of the run. */
  public DemoOutcome run() throws IOException {
    List<String> others =
        task.unseenPrompts().stream().filter(other -> !other.equals(prompt.text())).toList();
    List<Rated> before = run.evaluate(UNSEEN_SEEDS);
    List<List<Rated>> othersBefore =
        others.stream().map(other -> run.evaluate(other, UNSEEN_SEEDS_OF_OTHERS)).toList();
    Film film = new Film(run, steps, before);
    run.listen(film);
    run.distil();
    List<Comparison> comparisons = new ArrayList<>();
    try (Attachment learnt = run.attach()) {
      film.end(run.reports().size());
      comparisons.add(Comparison.ofBoth(prompt.text(), true, before, run.evaluate(before.size())));
      for (int i = 0; i < others.size(); i++) {
        comparisons.add(
            Comparison.ofBoth(
                others.get(i),
                false,
                othersBefore.get(i),
                run.evaluate(others.get(i), othersBefore.get(i).size())));
      }
    }
    write(comparisons, film);
    return new DemoOutcome(
        task,
        prompt.checks().get(0).question().text(),
        tokenSide,
        comparisons,
        run.reports().size(),
        run.seconds(),
        run.interrupted());
  }

  private void write(List<Comparison> comparisons, Film film) throws IOException {
    for (Comparison comparison : comparisons) {
      run.writeImages(comparison);
    }
    folder.writeBeforeAfter(comparisons.get(0).picture());
    for (Comparison other : comparisons.subList(1, comparisons.size())) {
      folder.writePicture(
          "before-after-" + other.slug(), other.picture(), Map.of("prompt", other.prompt()));
    }
    film.write(folder, Map.of("prompt", prompt.text()));
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("task", task.name());
    results.put("unit", task.error().unit());
    results.put("answer", prompt.checks().get(0).question().answer());
    results.put("steps", run.reports().size());
    results.put("stoppedEarly", run.stoppedEarly());
    results.put("interrupted", run.interrupted());
    results.put("secondsDistilling", run.seconds());
    results.put("alsoTaughtOn", run.alsoTaughtOn());
    List<Map<String, Object>> evaluations = new ArrayList<>();
    for (Comparison comparison : comparisons) {
      evaluations.add(measured(comparison));
    }
    results.put("evaluations", evaluations);
    folder.writeResults(results);
    console.event("done", results);
    new DemoTable(task, tokenSide, comparisons, run.alsoTaughtOn()).tell(console);
    console.say("");
    console.say(
        "Distilling took %.1f s for %d steps. Results are in %s",
        run.seconds(), run.reports().size(), folder.path());
    console.say("Look at before-after.png, film-strip.png and learning.gif there.");
    tellHowOnRealModels();
  }

  private Map<String, Object> measured(Comparison comparison) {
    Measured before = Measured.of(task, tokenSide, comparison.before());
    Measured after = Measured.of(task, tokenSide, comparison.after());
    Map<String, Object> map = new LinkedHashMap<>();
    comparison
        .toMap()
        .forEach(
            (key, value) -> {
              if (key.equals("before")) {
                map.put("target", task.target());
                map.put(key, joined(before, value));
              } else {
                map.put(key, key.equals("after") ? joined(after, value) : value);
              }
            });
    for (Observation each : task.observations()) {
      map.put(each.name(), each.share().of(before.pictures(), after.pictures()));
    }
    return map;
  }

  private static Map<String, Object> joined(Measured measured, Object summary) {
    Map<String, Object> map = measured.toMap();
    ((Map<?, ?>) summary).forEach((key, value) -> map.put(String.valueOf(key), value));
    return map;
  }

  private void tellHowOnRealModels() {
    console.say("");
    console.say("The same with models of full size on a GPU, once they are in the hub cache:");
    String also =
        run.alsoTaughtOn().stream().map(" --also '%s'"::formatted).collect(Collectors.joining());
    console.say(
        "  dualprocess distill --generator black-forest-labs/FLUX.1-schnell"
            + " --verifier Qwen/Qwen2.5-VL-3B-Instruct --prompt '%s'%s %s --out %s-run",
        prompt.text(), also, String.join(" ", task.options()), task.name());
    console.say(
        "  dualprocess generate --generator black-forest-labs/FLUX.1-schnell --prompt '%s'"
            + " --lora %s-run/lora.safetensors --out %s-images",
        prompt.text(), task.name(), task.name());
  }
}
