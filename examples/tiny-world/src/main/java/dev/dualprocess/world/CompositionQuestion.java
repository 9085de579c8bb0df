package dev.dualprocess.world;

/** The question about a box that says where the sun should stand. */
public final class CompositionQuestion {
  /** Without the request for Yes or No; at night the moon is meant. */
  public static final String SUN = "Is the sun in the red box?";

  private CompositionQuestion() {}
}
