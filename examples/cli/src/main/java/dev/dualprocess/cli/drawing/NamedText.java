package dev.dualprocess.cli.drawing;

/**
 * A text to draw, and how the names of its pictures begin.
 *
 * @param text for the generator
 * @param start of file names, empty or ending with a hyphen
 */
public record NamedText(String text, String start) {
  /** The only text, whose pictures are named by their seeds alone. */
  public static NamedText alone(String text) {
    return new NamedText(text, "");
  }

  /** What a file about a seed is called, without its ending. */
  String ofSeed(long seed) {
    return start + "seed-" + seed;
  }
}
