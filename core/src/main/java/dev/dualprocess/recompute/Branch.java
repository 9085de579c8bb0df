package dev.dualprocess.recompute;

import org.bytedeco.pytorch.Tensor;

/**
 * What a block hands to the {@link Ending} that it ends in.
 *
 * @param value u, which nothing else reads
 * @param gate a factor of the ending's result that broadcasts to it, or null for 1
 */
public record Branch(Tensor value, Tensor gate) {
  /** One whose ending's result is taken as it is. */
  public static Branch of(Tensor value) {
    return new Branch(value, null);
  }
}
