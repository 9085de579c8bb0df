package dev.dualprocess.world;

/** What stands in a landscape, the words for it in a prompt. */
public enum Things {
  /** Nothing but ground and sky. */
  NONE(""),
  /** A tree on the left and a tree on the right. */
  TREES("trees"),
  /** Two houses. */
  HOUSES("houses"),
  /** Two sailing boats. */
  BOATS("boats"),
  /** A ridge behind the horizon. */
  MOUNTAINS("mountains");

  private final String words;

  Things(String words) {
    this.words = words;
  }

  /** Their place in a prompt, after "with"; empty for nothing. */
  public String words() {
    return words;
  }

  /** Whether there are two of them that have distances of their own. */
  public boolean inPairs() {
    return this == TREES || this == HOUSES || this == BOATS;
  }
}
