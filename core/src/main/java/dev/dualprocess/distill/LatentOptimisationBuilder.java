package dev.dualprocess.distill;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import org.bytedeco.pytorch.Tensor;

/**
 * Collects what a {@link LatentOptimisation} is made of; begun by {@link LatentOptimisation#of}.
 */
public final class LatentOptimisationBuilder {
  final Generator generator;
  final Verifier verifier;
  final Prompt prompt;
  LatentSettings settings;
  StepListener listener = report -> {};
  Conditioning encoded;
  Tensor noise;

  LatentOptimisationBuilder(Generator generator, Verifier verifier, Prompt prompt) {
    this.generator = generator;
    this.verifier = verifier;
    this.prompt = prompt;
    this.settings = LatentSettings.of(generator.defaultSampling());
  }

  /** Other settings than {@link LatentSettings#of} with the generator's sampling. */
  public LatentOptimisationBuilder settings(LatentSettings newSettings) {
    settings = newSettings;
    return this;
  }

  /** Who is told of every step. */
  public LatentOptimisationBuilder listener(StepListener newListener) {
    listener = newListener;
    return this;
  }

  /**
   * The prompt's text, encoded earlier: where memory is short, before the verifier was opened, so
   * that text encoders are gone when it takes their room. It becomes the optimisation's.
   */
  public LatentOptimisationBuilder conditioning(Conditioning newEncoded) {
    encoded = newEncoded;
    return this;
  }

  /** Where it starts, instead of the seed's noise: [1, latent shape]; it is copied. */
  public LatentOptimisationBuilder noise(Tensor newNoise) {
    noise = newNoise;
    return this;
  }

  /**
   * Encodes the prompt and draws the noise. Models stay the caller's.
   *
   * @throws IllegalArgumentException in one line, if the parts do not fit
   */
  public LatentOptimisation start() {
    return new LatentOptimisation(this);
  }

  /** What must be the same for a checkpoint to fit; more steps may be asked for than before. */
  String fingerprint() {
    return "latents: generator %s, verifier %s, prompt '%s', checks %s, settings %s"
        .formatted(
            generator.name(),
            verifier.name(),
            prompt.text(),
            prompt.checks(),
            settings.withSteps(1));
  }
}
