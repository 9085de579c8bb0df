package dev.dualprocess.vqa;

import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.weights.Weights;

/**
 * What a family gives to a {@link VisionLanguageModel}: its layers, its configuration and its
 * tokens. Read from one model's folder before any weight is.
 */
public interface Architecture {
  /** To which size images are brought. */
  ImageSizing imageSizing();

  /** What pixels are normalised with. */
  ImageStatistics imageStatistics();

  /** How a question is asked. */
  ChatFormat chat();

  /** How the places of a prompt's tokens turn queries and keys. */
  Rotation rotation();

  /** Whether the head is the embedding table; a head that is stored nevertheless is passed over. */
  boolean tiedHead();

  /** The half that sees, of the weights of the whole checkpoint; runs its blocks with those. */
  ImageEncoder imageEncoder(Weights weights, Blocks blocks);

  /** The half that reads, of the weights of the whole checkpoint; runs its blocks with those. */
  LanguageModel languageModel(Weights weights, Blocks blocks);

  /** What a stored tensor is called in the layout that the two halves ask for. */
  default String layoutKey(String stored) {
    return stored;
  }

  /** The most tokens of prompt and answer together where a free answer ends; else no limit. */
  default int room() {
    return Integer.MAX_VALUE;
  }

  /**
   * Refuses a text that the model cannot take whole.
   *
   * @param tokens of prompt and answer together
   * @throws IllegalArgumentException if there are too many
   */
  default void requireRoom(int tokens) {}
}
