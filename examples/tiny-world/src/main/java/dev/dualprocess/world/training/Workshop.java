package dev.dualprocess.world.training;

import dev.dualprocess.run.RunListener;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * What the stages of training share: files, who is told, and when to stop.
 *
 * @param folder where they keep their files
 * @param watcher what they tell
 * @param stopping whether to save and stop, asked after every step
 */
record Workshop(TinyFolder folder, RunListener watcher, BooleanSupplier stopping) {
  /** Of everything that is random. */
  static final long SEED = 1;

  /** A pattern that matches no key: nothing is initialised in a way of its own. */
  static final Pattern NONE = Pattern.compile("$^");

  /** A loop that goes on from a stage's checkpoint, if there is one. */
  TrainingLoop loop(Stage stage, Parameters parameters, LearningRate learningRate)
      throws IOException {
    return new TrainingLoop(
        folder.checkpoints(),
        folder.checkpointOf(stage),
        parameters,
        learningRate,
        SEED,
        watcher,
        stopping);
  }
}
