package dev.dualprocess.spi;

import dev.dualprocess.recompute.Recompute;

/**
 * How many values a pass with gradient keeps for backward, of the dtype it computes in: an estimate
 * before the model is opened.
 *
 * @param inputs of all its blocks together
 * @param largest of one block
 * @param kept by all blocks, where none is computed again
 */
public record Activations(long inputs, long largest, long kept) {
  private static final int WORKING_SET = 8;
  private static final int WORKING_SET_ALONE = 4;

  /** Of blocks that each keep {@code keptPerInput} times what they take in. */
  public static Activations of(long inputs, long largest, int keptPerInput) {
    return new Activations(inputs, largest, keptPerInput * inputs);
  }

  /** Of this and another part of the same pass. */
  public Activations and(Activations other) {
    return new Activations(
        inputs + other.inputs, Math.max(largest, other.largest), kept + other.kept);
  }

  /** Values at the peak of a pass without gradient: one block's working set. */
  public long drawing() {
    return WORKING_SET_ALONE * largest;
  }

  /**
   * Values at the peak. With recompute that is every block's input and one block's working set,
   * {@value #WORKING_SET} times its own; {@link Recompute#AUTO} comes to it where memory is short.
   */
  public long values(Recompute recompute) {
    long least = inputs + WORKING_SET * largest;
    return recompute == Recompute.OFF ? Math.max(kept, least) : least;
  }
}
