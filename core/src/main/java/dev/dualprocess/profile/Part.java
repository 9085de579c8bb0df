package dev.dualprocess.profile;

import java.util.Locale;

/** The parts of an optimisation step, in their order. */
public enum Part {
  /** Sampling without gradient, up to the trained step of the schedule. */
  SAMPLE,
  /** The generator's pass with gradient, and the clean estimate's decoding to an image. */
  DRAFT,
  /** The verifier's pass, and from its loss back to the image. */
  CRITIQUE,
  /** From the image back to what is learnt, through decoder and generator. */
  BACKWARD,
  /** Everything else: visual prompts, the optimizer, bookkeeping. */
  REST;

  /** The name as people read it, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
