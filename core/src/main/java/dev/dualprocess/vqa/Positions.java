package dev.dualprocess.vqa;

/** Where the tokens of one prompt, and of what is generated after it, stand. */
@FunctionalInterface
public interface Positions {
  /** One after the other, on every axis. */
  Positions IN_LINE = (axis, i) -> i;

  /** The position of token {@code i} on an axis; the axes are the family's. */
  int at(int axis, int i);
}
