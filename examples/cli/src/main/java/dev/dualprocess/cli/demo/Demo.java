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
    List<MeasuredPrompt> measured = MeasuredPrompt.all(task, tokenSide, comparisons);
    write(measured, film);
    return new DemoOutcome(
        task,
        prompt.checks().get(0).question().text(),
        measured,
        run.reports().size(),
        run.seconds(),
        run.interrupted());
  }

  private void write(List<MeasuredPrompt> measured, Film film) throws IOException {
    List<Comparison> comparisons = measured.stream().map(MeasuredPrompt::comparison).toList();
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
    measured.forEach(each -> evaluations.add(evaluation(each)));
    results.put("evaluations", evaluations);
    folder.writeResults(results);
    console.event("done", results);
    new DemoTable(task, measured, run.alsoTaughtOn()).tell(console);
    console.say("");
    console.say(
        "Distilling took %.1f s for %d steps. Results are in %s",
        run.seconds(), run.reports().size(), folder.path());
    console.say("Look at before-after.png, film-strip.png and learning.gif there.");
    tellHowOnRealModels();
  }

  private Map<String, Object> evaluation(MeasuredPrompt measured) {
    Map<String, Object> map = new LinkedHashMap<>();
    measured
        .comparison()
        .toMap()
        .forEach(
            (key, value) -> {
              if (key.equals("before")) {
                map.put("target", task.target());
                map.put(key, joined(measured.before(), value));
              } else {
                map.put(key, key.equals("after") ? joined(measured.after(), value) : value);
              }
            });
    measured.observed().forEach((observation, share) -> map.put(observation.name(), share));
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
