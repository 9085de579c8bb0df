package dev.dualprocess.world;

import java.awt.Color;

/** A two-coloured scale that a whole picture may be drawn in. */
public enum Tone {
  /** The colours of things. */
  NATURAL("", Color.BLACK, Color.WHITE),
  /** Wine red to rose. */
  PINK("in pink tones", new Color(96, 14, 62), new Color(255, 206, 222)),
  /** Fir green to lime. */
  GREEN("in green tones", new Color(8, 54, 30), new Color(206, 244, 176)),
  /** Navy to ice. */
  BLUE("in blue tones", new Color(8, 20, 84), new Color(196, 226, 255)),
  /** Brown to straw. */
  GOLDEN("in golden tones", new Color(92, 44, 4), new Color(255, 232, 150)),
  /** Aubergine to lavender. */
  PURPLE("in purple tones", new Color(46, 10, 92), new Color(222, 196, 255));

  private final String words;
  private final Color dark;
  private final Color light;

  Tone(String words, Color dark, Color light) {
    this.words = words;
    this.dark = dark;
    this.light = light;
  }

  /** Its place in a prompt; empty for natural colours. */
  public String words() {
    return words;
  }

  /** What black becomes. */
  public Color dark() {
    return dark;
  }

  /** What white becomes. */
  public Color light() {
    return light;
  }
}
