package dev.dualprocess.cli;

import dev.dualprocess.cli.console.Interrupt;
import dev.dualprocess.distill.DivergedException;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.parallel.Ranks;
import dev.dualprocess.run.Comparison;
import dev.dualprocess.run.RunConfig;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.run.Teaching;
import dev.dualprocess.run.TrainingRun;
import java.io.IOException;
import java.util.List;

/**
 * A distillation that the command line carries out.
 *
 * @param plan what is asked for
 * @param chosen whose models they are
 * @param pair the open models
 * @param folder takes the results
 * @param watcher is told
 * @param ranks who take its steps, of which this is the first
 */
record PlannedRun(
    RunPlan plan,
    ChosenModels chosen,
    ModelPair pair,
    RunFolder folder,
    RunListener watcher,
    Ranks ranks) {
  /** What is looked at when all input was judged, and before anything is written. */
  interface Requirement {
    void check() throws IOException;
  }

  /**
   * Carries it out.
   *
   * @param resume whether it goes on from the folder's checkpoint
   * @param commandLine for the record of the run
   * @return the exit code
   */
  int run(boolean resume, Requirement last, List<String> commandLine) throws IOException {
    try (TrainingRun run =
        new TrainingRun(
            pair.generator(),
            pair.verifier(),
            pair.encoded(plan.prompts()),
            plan.settings(),
            folder,
            watcher,
            plan.checkpointEvery(),
            ranks)) {
      last.check();
      if (resume) {
        run.resume();
      }
      folder.writeOverlay(plan.prompts().get(0), plan.settings().sampling().size());
      folder.writeConfig(
          RunConfig.of(plan, chosen.generator(), chosen.verifiers(), folder, commandLine));
      try {
        return tell(run, new Teaching(plan, run, folder, watcher).teach());
      } catch (DivergedException e) {
        throw RunOptions.withAdvice(e, "--learning-rate", plan.settings().adam().learningRate());
      }
    }
  }

  private int tell(TrainingRun run, Comparison comparison) {
    watcher.say(
        "Probability on %d unseen seeds: %.3f -> %.3f. Results are in %s",
        comparison.after().size(),
        Comparison.probability(comparison.before()),
        Comparison.probability(comparison.after()),
        folder.path());
    return run.interrupted() ? Interrupt.EXIT_CODE : 0;
  }
}
