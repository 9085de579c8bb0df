package dev.dualprocess.probe;

import dev.dualprocess.Assessment;
import java.util.Objects;

/**
 * What a verifier says to one check of one seed's picture, and how firmly it stands by it.
 *
 * @param seed of the picture's noise
 * @param check its place in the prompt's list, from 0
 * @param said loss L in nats, at least 0, probability exp(-L), and the verifier's own words, empty
 *     from one that has none
 * @param slope ‖∂L/∂x‖ √n · 2/255 of a picture x of n values in [-1, 1], at least 0: by how many
 *     nats L falls, to first order, where values change by one grey level of 255 (root mean square)
 *     in the best direction
 * @param tremor by how many nats L changes under disturbances that nobody would notice (root mean
 *     square), at least 0
 */
public record Sighting(long seed, int check, Assessment said, double slope, double tremor) {
  /** Refuses null. */
  public Sighting {
    Objects.requireNonNull(said, "said");
  }

  /** The probability of the wanted answer, 0 to 1. */
  public double probability() {
    return said.probability();
  }

  /** The loss L = -log p(answer), in nats. */
  public double loss() {
    return said.loss();
  }
}
