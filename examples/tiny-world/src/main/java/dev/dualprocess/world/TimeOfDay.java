package dev.dualprocess.world;

import java.awt.Color;

/**
 * The light. Sky and ground are chosen to differ clearly at every time, so that there is one
 * horizon to see.
 */
public enum TimeOfDay {
  /** Lilac above rose. */
  DAWN("at dawn", rgb(176, 150, 214), rgb(255, 200, 164), rgb(150, 142, 190), rgb(255, 252, 224)),
  /** Blue. */
  NOON("at noon", rgb(40, 112, 224), rgb(132, 194, 246), rgb(255, 255, 255), rgb(255, 246, 150)),
  /** Purple above orange. */
  SUNSET("at sunset", rgb(92, 44, 120), rgb(250, 132, 48), rgb(120, 88, 110), rgb(255, 214, 92)),
  /** Dark blue; the moon in place of the sun. */
  NIGHT("at night", rgb(6, 8, 36), rgb(20, 26, 68), rgb(130, 154, 190), rgb(240, 240, 226));

  private final String words;
  private final Color zenith;
  private final Color skyline;
  private final Color light;
  private final Color sun;

  TimeOfDay(String words, Color zenith, Color skyline, Color light, Color sun) {
    this.words = words;
    this.zenith = zenith;
    this.skyline = skyline;
    this.light = light;
    this.sun = sun;
  }

  private static Color rgb(int r, int g, int b) {
    return new Color(r, g, b);
  }

  /** Its place in a prompt. */
  public String words() {
    return words;
  }

  /** The sky at the top. */
  Color zenith() {
    return zenith;
  }

  /** The sky at the horizon. */
  Color skyline() {
    return skyline;
  }

  /** The sky half-way between top and horizon. */
  public Color sky() {
    return rgb(
        (zenith.getRed() + skyline.getRed()) / 2,
        (zenith.getGreen() + skyline.getGreen()) / 2,
        (zenith.getBlue() + skyline.getBlue()) / 2);
  }

  /** A colour of the ground in this light. */
  public Color lit(Color color) {
    return rgb(
        color.getRed() * light.getRed() / 255,
        color.getGreen() * light.getGreen() / 255,
        color.getBlue() * light.getBlue() / 255);
  }

  /** What everything on the ground is multiplied with. */
  Color light() {
    return light;
  }

  /** The sun's or moon's disc. */
  Color sun() {
    return sun;
  }
}
