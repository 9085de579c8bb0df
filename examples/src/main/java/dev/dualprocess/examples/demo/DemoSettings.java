package dev.dualprocess.examples.demo;

import dev.dualprocess.Sampling;
import dev.dualprocess.augment.Augmentation;
import dev.dualprocess.distill.AdamSettings;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Regularisation;
import dev.dualprocess.lora.LoraSettings;

/**
 * How the bundled models are taught, task by task. What suits a model of a few million parameters
 * is far from what suits one of twelve billion: here the adapter changes how the prompt is read and
 * nothing else, and every picture is shown to the verifier a little moved, so that what pleases its
 * grid of patches alone is of no use.
 *
 * @param steps optimisation steps
 * @param learningRate Adam's
 * @param rank of the adapter; alpha is the same
 * @param driftPenalty on the change of the picture
 */
public record DemoSettings(int steps, double learningRate, int rank, double driftPenalty) {
  /** The layers through which a prompt acts on a picture. */
  public static final String TEXT_STREAM =
      ".*\\.(attn\\.(add_[qkv]_proj|to_add_out)|ff_context\\..*)";

  /** Pictures are moved by up to half a patch of the verifier. */
  public static final Augmentation MOVED = new Augmentation(0.0625, 0, 0, 0);

  /** The settings of a task. */
  public static DemoSettings of(DemoTask task) {
    return switch (task.name()) {
      case "horizon" -> new DemoSettings(1000, 7e-4, 4, 0.8);
      case "palette" -> new DemoSettings(600, 7e-4, 4, 0);
      case "line-weight" -> new DemoSettings(400, 1e-3, 4, 0);
      case "night" -> new DemoSettings(400, 1e-3, 4, 0);
      default -> throw new IllegalArgumentException("no settings for task " + task.name());
    };
  }

  /** The same with another number of steps. */
  public DemoSettings withSteps(int newSteps) {
    return new DemoSettings(newSteps, learningRate, rank, driftPenalty);
  }

  /** The authors' preset with these; fresh noise at every step. */
  public DistillSettings distillation(Sampling sampling, long seed) {
    DistillSettings authors = DistillSettings.authors(sampling);
    return new DistillSettings(
        steps,
        steps,
        seed,
        new LoraSettings(rank, rank, LoraSettings.Init.GAUSSIAN).onModules(TEXT_STREAM),
        AdamSettings.PAPER.withLearningRate(learningRate),
        authors.sampling(),
        authors.presentation(),
        authors.vqa(),
        authors.scheme(),
        Regularisation.NONE.withAugmentation(MOVED).withDriftPenalty(driftPenalty));
  }
}
