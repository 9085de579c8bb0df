package dev.dualprocess.cli.latents;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Sampling;
import dev.dualprocess.Verifier;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.image.Png;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.models.EncodedPrompt;
import dev.dualprocess.profile.Clock;
import dev.dualprocess.run.Comparison;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.Slug;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.tensor.PeakMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Optimises the noise and the weights on one seed, prompt and check: what either costs (table 2 of
 * arXiv 2506.01955), and what the weights are good for on seeds and texts that were never optimised
 * (figure 9).
 */
public final class LatentComparison {
  private static final int CHECKPOINT_EVERY = Integer.MAX_VALUE; // writing is no part of the price
  private static final int TIMED_PASSES = 25;

  private final Generator generator;
  private final Verifier verifier;
  private final Prompt prompt;
  private final RunFolder folder;
  private final Console console;
  private final PeakMemory memory;

  /**
   * On those models and into that folder, which stay the caller's.
   *
   * @param memory of the devices that the models are on
   */
  public LatentComparison(
      Generator generator,
      Verifier verifier,
      Prompt prompt,
      RunFolder folder,
      Console console,
      PeakMemory memory) {
    this.generator = generator;
    this.verifier = verifier;
    this.prompt = prompt;
    this.folder = folder;
    this.console = console;
    this.memory = memory;
  }

  /**
   * Runs both, writes every image and {@code results.json}, and prints the table.
   *
   * @return the table
   */
  public PriceTable run(
      DistillSettings noise, DistillSettings weights, int newSeeds, List<String> newPrompts)
      throws IOException {
    Price latents = optimiseNoise(noise);
    try (RunFolder ofWeights = folder("weights");
        TrainingRun run =
            new TrainingRun(
                generator,
                verifier,
                List.of(encoded()),
                weights,
                ofWeights,
                console,
                CHECKPOINT_EVERY)) {
      List<Comparison> elsewhere = new ArrayList<>();
      List<String> texts = new ArrayList<>(List.of(prompt.text()));
      texts.addAll(newPrompts);
      Rated before = run.rate(weights.seed());
      List<List<Rated>> bare = new ArrayList<>();
      for (String text : texts) {
        bare.add(run.evaluate(text, newSeeds));
      }
      settle();
      run.distil();
      long peak = memory.bytes();
      PriceTable table;
      try (Attachment learnt = run.attach()) {
        Rated after = run.rate(weights.seed());
        double pass = secondsOfAPass(weights.sampling());
        table =
            new PriceTable(
                latents,
                new Price(peak, run.seconds(), pass, before.probability(), after.probability()));
        for (int i = 0; i < texts.size(); i++) {
          elsewhere.add(
              Comparison.ofBoth(
                  texts.get(i), i == 0, bare.get(i), run.evaluate(texts.get(i), newSeeds)));
        }
      }
      report(table, run, elsewhere);
      return table;
    }
  }

  /** Forgets the peak of what came before, its garbage first. */
  private void settle() {
    System.gc();
    memory.reset();
  }

  private RunFolder folder(String name) throws IOException {
    RunFolder inside = RunFolder.open(folder.path().resolve(name));
    inside.requireRoomForRun();
    return inside;
  }

  private EncodedPrompt encoded() {
    return new EncodedPrompt(prompt, generator.condition(prompt.text()));
  }

  private Price optimiseNoise(DistillSettings settings) throws IOException {
    try (RunFolder latents = folder("latents");
        TrainingRun run =
            new TrainingRun(
                generator,
                verifier,
                List.of(encoded()),
                settings,
                latents,
                console,
                CHECKPOINT_EVERY)) {
      Rated before = run.rateLatents();
      settle();
      run.distil();
      long peak = memory.bytes();
      Rated after = run.rateLatents();
      new LatentImages(generator, settings.sampling(), prompt.text(), latents).write(before, after);
      double pass = secondsOfAPass(settings.sampling());
      return new Price(
          peak, run.seconds(), run.seconds() + pass, before.probability(), after.probability());
    }
  }

  /** From a seed to its image with the text encoded already. */
  private double secondsOfAPass(Sampling sampling) {
    try (Conditioning conditioning = generator.condition(prompt.text())) {
      return OnePass.seconds(generator, conditioning, sampling, TIMED_PASSES, Clock.WALL);
    }
  }

  private void report(PriceTable table, TrainingRun run, List<Comparison> elsewhere)
      throws IOException {
    for (Comparison comparison : elsewhere) {
      run.writeImages(comparison);
      Path picture =
          folder.path().resolve("new-seeds-%s.png".formatted(Slug.of(comparison.prompt())));
      Png.write(picture, comparison.picture(), Map.of());
    }
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("task", "compare-latents");
    results.put("table", table.toMap());
    results.put("evaluations", elsewhere.stream().map(Comparison::toMap).toList());
    folder.writeResults(results);
    console.event("done", results);
    table.lines().forEach(line -> console.say("%s", line));
    console.say("");
    console.say("The weights on unseen seeds, in one pass:");
    for (Comparison comparison : elsewhere) {
      console.say(
          "%-45s probability %.3f -> %.3f%s",
          "'" + comparison.prompt() + "'",
          Comparison.probability(comparison.before()),
          Comparison.probability(comparison.after()),
          comparison.trained() ? "" : " (not trained on)");
    }
    console.say("Results are in %s", folder.path());
  }
}
