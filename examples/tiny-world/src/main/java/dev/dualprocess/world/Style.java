package dev.dualprocess.world;

/** How a landscape is drawn; the first words of its prompt. */
public enum Style {
  /** Smooth colours, a glowing sun, no lines. */
  PHOTO("a photo of"),
  /** Flat colours and dark outlines. */
  CARTOON("a cartoon of");

  private final String words;

  Style(String words) {
    this.words = words;
  }

  /** How a prompt begins. */
  public String words() {
    return words;
  }
}
