package dev.dualprocess.text.json;

/**
 * Something in a {@code tokenizer.json} that cannot be used: where it stands, and what is wrong.
 */
public final class BrokenTokenizer extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private static final int LONGEST = 300; // of a line, which may quote the file

  private final String place;
  private final String problem;

  BrokenTokenizer(String place, String problem) {
    super((place + " " + problem).strip());
    this.place = place;
    this.problem = problem;
  }

  /** One line: the place and what is wrong there. */
  public String line() {
    String line = (place + " " + problem).strip().replaceAll("\\p{Cntrl}+", " ");
    int more = line.length() - LONGEST;
    return more <= 0
        ? line
        : line.substring(0, LONGEST / 2) + " ... " + line.substring(line.length() - LONGEST / 2);
  }

  /** The path from the root, as in {@code post_processor.single[1]}. */
  public String place() {
    return place;
  }
}
