package dev.dualprocess.world;

/** What stands in a landscape, the words for it in a prompt. */
public enum Things {
  /** Nothing but ground and sky. */
  NONE("", ""),
  /** A tree on the left and a tree on the right. */
  TREES("trees", "a tree"),
  /** Two houses. */
  HOUSES("houses", "a house"),
  /** Two sailing boats. */
  BOATS("boats", "a boat"),
  /** A ridge behind the horizon. */
  MOUNTAINS("mountains", "");

  private final String words;
  private final String one;

  Things(String words, String one) {
    this.words = words;
    this.one = one;
  }

  /** Their place in a prompt, after "with"; empty for nothing. */
  public String words() {
    return words;
  }

  /** One of them in a question; empty where they do not stand in pairs. */
  public String one() {
    return one;
  }

  /** Whether there are two of them that have distances of their own. */
  public boolean inPairs() {
    return this == TREES || this == HOUSES || this == BOATS;
  }
}
