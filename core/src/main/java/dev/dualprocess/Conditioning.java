package dev.dualprocess;

/**
 * A prompt's text as a generator's text encoders see it, on the generator's device. Made by {@link
 * Generator#condition}, used only with that generator, closed by whoever asked for it.
 */
public interface Conditioning extends AutoCloseable {
  /** The text that was encoded. */
  String text();

  /** Frees its tensors. */
  @Override
  void close();
}
