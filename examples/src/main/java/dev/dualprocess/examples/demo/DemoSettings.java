package dev.dualprocess.examples.demo;

import dev.dualprocess.Sampling;
import dev.dualprocess.distill.AdamSettings;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.lora.LoraSettings;

/**
 * How the bundled models are taught, task by task. What suits a model of a few million parameters
 * is far from what suits one of twelve billion.
 *
 * @param learningRate Adam's
 * @param rank of the adapter; alpha is the same
 */
public record DemoSettings(double learningRate, int rank) {
  /** The settings of a task. */
  public static DemoSettings of(DemoTask task) {
    return switch (task.name()) {
      case "horizon" -> new DemoSettings(8e-4, 16);
      case "palette" -> new DemoSettings(4e-4, 16);
      case "line-weight" -> new DemoSettings(4e-4, 16);
      case "depth" -> new DemoSettings(4e-4, 16);
      case "night" -> new DemoSettings(4e-4, 16);
      default -> throw new IllegalArgumentException("no settings for task " + task.name());
    };
  }

  /** The authors' preset with these; fresh noise at every step. */
  public DistillSettings distillation(Sampling sampling, int steps, long seed) {
    DistillSettings authors = DistillSettings.authors(sampling);
    return new DistillSettings(
        steps,
        steps,
        seed,
        new LoraSettings(rank, rank, LoraSettings.Init.GAUSSIAN),
        AdamSettings.PAPER.withLearningRate(learningRate),
        authors.sampling(),
        authors.presentation(),
        authors.vqa(),
        authors.scheme());
  }
}
