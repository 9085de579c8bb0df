package dev.dualprocess.distill;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.VelocityGenerator;
import dev.dualprocess.tensor.GraphedPasses;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** One pass of a generator with gradient, all but the latents it begins with. */
record Drafting(Generator generator, Sampling sampling, int step, Conditioning text) {
  /** What keeps the passes of that generator's drafts. */
  static GraphedPasses passes(Generator generator) {
    return generator.draftsRepeat()
        ? GraphedPasses.on(generator.loraTargets().placement())
        : GraphedPasses.none();
  }

  /** x̂₀ as seen from z_t (eq. 5), decoded. */
  Draft from(Tensor zt) {
    return generator.draft(zt, step, text, sampling);
  }

  /**
   * û at z_t, without gradient and without decoding.
   *
   * @throws IllegalArgumentException in one line, if the generator has none
   */
  Tensor velocity(Tensor zt) {
    return velocities(generator).velocity(zt, step, text, sampling);
  }

  /**
   * The generator as one that shows its velocities.
   *
   * @throws IllegalArgumentException in one line, if it has none
   */
  static VelocityGenerator velocities(Generator generator) {
    if (generator instanceof VelocityGenerator flow) {
      return flow;
    }
    throw new IllegalArgumentException(
        "generator '%s' has no velocity that a penalty could be on: use the drift penalty, which is on the image"
            .formatted(generator.name()));
  }

  /** Equal for two of one run whose drafts of the same latents would be the same. */
  Object key() {
    return List.of(step, text, generator.loraTargets().changes());
  }
}
