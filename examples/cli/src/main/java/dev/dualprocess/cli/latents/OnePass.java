package dev.dualprocess.cli.latents;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.profile.Clock;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.tensor.Memory;
import java.util.Arrays;

/** What drawing one image takes, its text encoded already. */
public final class OnePass {
  private OnePass() {}

  /** Seconds from a seed to its image: the median of so many, after one that does not count. */
  public static double seconds(
      Generator generator, Conditioning text, Sampling sampling, int passes, Clock clock) {
    double[] seconds = new double[passes];
    for (int i = -1; i < passes; i++) {
      long seed = TrainingRun.FIRST_UNSEEN_SEED + Math.max(i, 0);
      double start = clock.seconds();
      Memory.freeing(
          () ->
              generator
                  .generate(generator.noise(seed, 1, sampling.size()), text, sampling)
                  .sum()
                  .item_double()); // waits for the device
      seconds[Math.max(i, 0)] = clock.seconds() - start;
    }
    Arrays.sort(seconds);
    return seconds[passes / 2];
  }
}
