package dev.dualprocess.world;

import com.google.common.collect.ImmutableList;
import java.awt.Color;

/** What lies below the horizon: its colour, and what may stand on it. */
public enum Ground {
  /** Sand with dunes. */
  DESERT("a desert", new Color(226, 188, 116), ImmutableList.of(Things.TREES, Things.HOUSES)),
  /** Grass. */
  MEADOW("a meadow", new Color(92, 168, 56), ImmutableList.of(Things.TREES, Things.HOUSES)),
  /** Snow with blue drifts. */
  SNOW("a snowy field", new Color(240, 245, 252), ImmutableList.of(Things.TREES, Things.HOUSES)),
  /** Water with waves. */
  SEA("the sea", new Color(20, 98, 158), ImmutableList.of(Things.BOATS));

  private final String words;
  private final Color color;
  private final ImmutableList<Things> standing;

  Ground(String words, Color color, ImmutableList<Things> standing) {
    this.words = words;
    this.color = color;
    this.standing = standing;
  }

  /** Its place in a prompt. */
  public String words() {
    return words;
  }

  /** Its colour at noon. */
  public Color color() {
    return color;
  }

  /** What may stand on it in pairs. */
  public ImmutableList<Things> standing() {
    return standing;
  }
}
