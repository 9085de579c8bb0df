package dev.dualprocess.world;

/** A question about a box that says where something should be. */
public final class CompositionQuestion {
  private CompositionQuestion() {}

  /**
   * Whether one of two things stands there, without the request for Yes or No.
   *
   * @throws IllegalArgumentException if they do not stand in pairs
   */
  public static String of(Things things) {
    if (!things.inPairs()) {
      throw new IllegalArgumentException("no single one of " + things);
    }
    return "Is " + things.one() + " in the red box?";
  }
}
