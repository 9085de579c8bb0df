package dev.dualprocess.distill;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Lora;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.capture.Captures;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/** Collects what a {@link Distillation} is made of; begun by {@link Distillation#of}. */
public final class DistillationBuilder {
  final Generator generator;
  final Verifier verifier;
  final List<Taught> taught = new ArrayList<>();
  DistillSettings settings;
  StepListener listener = report -> {};
  Tensor noise;
  Lora initialLora;
  List<Integer> sampledSteps;
  Captures captures; // null: as the generator and its device allow

  /**
   * A prompt that a run teaches.
   *
   * @param encoded its text, if somebody encoded it earlier; else null
   */
  record Taught(Prompt prompt, Conditioning encoded) {}

  DistillationBuilder(Generator generator, Verifier verifier, Prompt prompt) {
    this.generator = generator;
    this.verifier = verifier;
    this.taught.add(new Taught(prompt, null));
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
   * The first prompt's text, encoded earlier: where memory is short, before the verifier was
   * opened, so that text encoders are gone when it takes their room. It becomes the run's.
   */
  public DistillationBuilder conditioning(Conditioning encoded) {
    taught.set(0, new Taught(taught.get(0).prompt(), encoded));
    return this;
  }

  /**
   * One more prompt, trained in turn with the others, so that what is learnt does not hang on the
   * words of one: optimisation step k of a round over the noise seeds takes prompt k mod n, and
   * every round begins with the next prompt. It may have other checks, but as many.
   *
   * @throws IllegalArgumentException if it has more or fewer checks than the first
   */
  public DistillationBuilder also(Prompt prompt) {
    return also(prompt, null);
  }

  /** The same with its text {@linkplain #conditioning encoded earlier}. */
  public DistillationBuilder also(Prompt prompt, Conditioning encoded) {
    int checks = taught.get(0).prompt().checks().size();
    if (prompt.checks().size() != checks) {
      throw new IllegalArgumentException(
          "'%s' has %d checks, '%s' has %d: prompts that take turns need as many each"
              .formatted(
                  prompt.text(), prompt.checks().size(), taught.get(0).prompt().text(), checks));
    }
    taught.add(new Taught(prompt, encoded));
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
   * Encodes the prompts, draws the noise, makes the adapter.
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
    String prompts =
        taught.stream()
            .map(Taught::prompt)
            .map(prompt -> "prompt '%s', checks %s".formatted(prompt.text(), prompt.checks()))
            .collect(Collectors.joining(", "));
    return "generator %s, verifier %s, %s, settings %s"
        .formatted(generator.name(), verifier.name(), prompts, settings.withSteps(1));
  }
}
