package dev.dualprocess.world.training;

import java.util.Locale;

/** A stage of the training of the bundled models; later ones need the files of earlier ones. */
public enum Stage {
  /** Pictures to latents and back. */
  AUTOENCODER,
  /** Prompt and noise to pictures: transformer and text encoders, on a trained autoencoder. */
  GENERATOR,
  /** Questions about pictures of the world to answers. */
  VERIFIER,
  /** The verifier goes on with what a generator draws, plain and while it is distilled. */
  REHEARSALS,
  /** The verifier learns where things are: depth and composition, beside all that it knows. */
  SCENES;

  /** Its name on the command line and in the names of files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
