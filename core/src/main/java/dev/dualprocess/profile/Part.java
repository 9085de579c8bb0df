package dev.dualprocess.profile;

import java.util.Locale;

/** The parts of an optimisation step, in their order. */
public enum Part {
  /** Sampling without gradient, up to the trained step of the schedule. */
  SAMPLE,
  /** The generator's pass with gradient. */
  DRAFT,
  /** The clean estimate's latents to an image. */
  DECODE,
  /** The verifier's pass. */
  VERIFY,
  /** From its loss back to the image. */
  VERIFY_BACKWARD,
  /** From the image back to the adapter, through decoder and generator. */
  DRAFT_BACKWARD,
  /** Clipping and Adam. */
  OPTIMIZER,
  /** Everything else: visual prompts, bookkeeping. */
  REST;

  /** As people read it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
