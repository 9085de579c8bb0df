package dev.dualprocess.recompute;

import java.util.Arrays;
import java.util.Locale;

/**
 * Whether the blocks of a model are computed again in backward instead of keeping what it needs:
 * activation checkpointing, also called gradient checkpointing. Gradients are the same.
 */
public enum Recompute {
  /** Every block keeps what its backward needs: the fastest, and the most memory. */
  OFF,
  /** A block keeps its input alone; about a third more time, for a large part of the memory. */
  ON,
  /** Off where the memory that is free suffices, else on. */
  AUTO;

  /**
   * The policy of that name.
   *
   * @throws IllegalArgumentException that tells the names there are
   */
  public static Recompute parse(String name) {
    return Arrays.stream(values())
        .filter(policy -> policy.toString().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown recompute policy '" + name + "': use off, on or auto"));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
