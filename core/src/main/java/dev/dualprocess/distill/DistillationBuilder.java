package dev.dualprocess.distill;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Lora;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Collects what a {@link Distillation} is made of; begun by {@link Distillation#of}. */
public final class DistillationBuilder {
  final Generator generator;
  final Verifier verifier;
  final Prompt prompt;
  DistillSettings settings;
  StepListener listener = report -> {};
  Tensor noise;
  Conditioning conditioning;
  Lora initialLora;
  List<Integer> sampledSteps;

  DistillationBuilder(Generator generator, Verifier verifier, Prompt prompt) {
    this.generator = generator;
    this.verifier = verifier;
    this.prompt = prompt;
    this.settings =
        DistillSettings.paper(generator.defaultSampling())
            .withLearningRate(generator.defaultLearningRate());
  }

  /** Other settings than the paper's with the generator's learning rate. */
  public DistillationBuilder settings(DistillSettings newSettings) {
    settings = newSettings;
    return this;
  }

  /** Who is told of every step. */
  public DistillationBuilder listener(StepListener newListener) {
    listener = newListener;
    return this;
  }

  /**
   * Training noise from outside instead of the run's seed: [n, latent shape]; n replaces the
   * setting.
   */
  public DistillationBuilder noise(Tensor newNoise) {
    noise = newNoise;
    return this;
  }

  /**
   * The prompt's text, encoded earlier: where memory is short, before the verifier was opened, so
   * that text encoders are gone when it takes their room. It becomes the run's.
   */
  public DistillationBuilder conditioning(Conditioning encoded) {
    conditioning = encoded;
    return this;
  }

  /** Where the adapter starts, instead of a fresh one; it is copied, and its scale is kept. */
  public DistillationBuilder initialLora(Lora start) {
    initialLora = start;
    return this;
  }

  /** The trained step of the schedule for every optimisation step, instead of a random draw. */
  public DistillationBuilder sampledSteps(List<Integer> indices) {
    sampledSteps = List.copyOf(indices);
    return this;
  }

  /**
   * Encodes the prompt, draws the noise, makes the adapter.
   *
   * @throws IllegalArgumentException in one line, if the parts do not fit
   */
  public Distillation start() {
    if (sampledSteps != null && sampledSteps.size() < settings.steps()) {
      throw new IllegalArgumentException(
          "%d sampled steps are too few for %d optimisation steps"
              .formatted(sampledSteps.size(), settings.steps()));
    }
    return new Distillation(this);
  }

  /** What must be the same for a checkpoint to fit; more steps may be asked for than before. */
  String fingerprint() {
    return "generator %s, verifier %s, prompt '%s', checks %s, settings %s"
        .formatted(
            generator.name(),
            verifier.name(),
            prompt.text(),
            prompt.checks(),
            settings.withSteps(1));
  }
}
