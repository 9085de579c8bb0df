package dev.dualprocess.cli.demo;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.models.EncodedPrompt;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.run.RunConfig;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Teaches opened models one task after the other, each in a folder of its own.
 *
 * @param pair opened, with no texts; it stays the caller's
 * @param steps optimisation steps, or null for as many as suit a task
 * @param seed of the runs
 * @param overwrite whether the results of another demo may be replaced
 * @param commandLine for the record
 */
public record DemoLesson(
    ModelSource<Generator> generatorSource,
    ModelSource<Verifier> verifierSource,
    ModelPair pair,
    @Nullable Integer steps,
    long seed,
    boolean overwrite,
    List<String> commandLine,
    Console console) {
  private static final int CHECKPOINT_EVERY = 50;

  /**
   * Teaches a task and measures it.
   *
   * @param asked the prompt by whose checks pictures are rated
   * @param lessons what is trained in turn
   * @throws IOException in one line, if the folder holds another demo or cannot be written
   */
  public DemoOutcome teach(DemoTask task, Prompt asked, List<Prompt> lessons, Path out)
      throws IOException {
    try (RunFolder folder = RunFolder.open(out)) {
      folder.requireRoomForRun();
      Generator generator = pair.generator();
      DemoSettings taught = DemoSettings.of(task);
      DistillSettings settings =
          (steps == null ? taught : taught.withSteps(steps))
              .distillation(generator.defaultSampling(), seed);
      RunPlan plan =
          new RunPlan(
              generatorSource.named(),
              List.of(verifierSource.named()),
              lessons,
              settings,
              Demo.UNSEEN_SEEDS,
              CHECKPOINT_EVERY);
      Map<String, Object> config =
          RunConfig.of(plan, generatorSource, List.of(verifierSource), folder, commandLine);
      requireSameDemo(folder, config);
      if (overwrite) {
        folder.removeEarlierRun();
      }
      folder.writeOverlay(asked, settings.sampling().size());
      folder.writeConfig(config);
      try (TrainingRun run =
          new TrainingRun(
              generator,
              pair.verifier(),
              encoded(lessons),
              settings,
              folder,
              console,
              CHECKPOINT_EVERY)) {
        int tokenSide = generator.tokenSide().orElseThrow();
        return new Demo(task, run, asked, settings.steps(), tokenSide, folder, console).run();
      }
    }
  }

  private List<EncodedPrompt> encoded(List<Prompt> lessons) {
    return lessons.stream()
        .map(each -> new EncodedPrompt(each, pair.generator().condition(each.text())))
        .toList();
  }

  /** The same demo once more gives the same results; another one would take their place. */
  private void requireSameDemo(RunFolder folder, Map<String, Object> config) throws IOException {
    if (!overwrite && folder.hasResults()) {
      try {
        folder.requireSameConfig(config, List.of("version", "commandLine"));
      } catch (IOException e) {
        throw new IOException(
            folder.path()
                + ": holds the results of another demo; choose another --out, or add --overwrite",
            e);
      }
    }
  }
}
