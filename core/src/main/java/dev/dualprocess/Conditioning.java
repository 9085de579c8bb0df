package dev.dualprocess;

/**
 * A prompt's text as a generator's text encoders see it, on the generator's device. Made by {@link
 * Generator#condition}, used only with that generator, closed by whoever asked for it.
 */
public interface Conditioning extends AutoCloseable {
  /** The text that was encoded. */
  String text();

  /**
   * What a draft is given in training with that sampling: this, unless a model was taught with
   * another form of its texts. It is valid as long as this is, and closed with this.
   */
  default Conditioning forTraining(Sampling sampling) {
    return this;
  }

  /** Frees its tensors; closing twice is harmless. */
  @Override
  void close();
}
