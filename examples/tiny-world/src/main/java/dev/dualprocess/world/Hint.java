package dev.dualprocess.world;

/** Words of a prompt that hold one of a scene's factors to a part of its range. */
public enum Hint {
  /** The horizon in the upper third of its range. */
  HIGH_HORIZON("a high horizon", Factor.HORIZON, 0, 1 / 3.0),
  /** The horizon in the middle third of its range. */
  MIDDLE_HORIZON("a horizon in the middle", Factor.HORIZON, 1 / 3.0, 2 / 3.0),
  /** The horizon in the lower third of its range. */
  LOW_HORIZON("a low horizon", Factor.HORIZON, 2 / 3.0, 1),
  /** Outlines in the thin third of their range. */
  THIN_OUTLINES("thin outlines", Factor.OUTLINE, 0, 1 / 3.0),
  /** Outlines in the thick third of their range. */
  BOLD_OUTLINES("bold outlines", Factor.OUTLINE, 2 / 3.0, 1),
  /** The left one of two things close. */
  LEFT_NEAR("the left one near", Factor.LEFT_NEARNESS, 2 / 3.0, 1),
  /** The left one of two things far away. */
  LEFT_FAR("the left one far", Factor.LEFT_NEARNESS, 0, 1 / 3.0),
  /** The right one of two things close. */
  RIGHT_NEAR("the right one near", Factor.RIGHT_NEARNESS, 2 / 3.0, 1),
  /** The right one of two things far away. */
  RIGHT_FAR("the right one far", Factor.RIGHT_NEARNESS, 0, 1 / 3.0);

  private final String words;
  private final Factor factor;
  private final double from;
  private final double to;

  Hint(String words, Factor factor, double from, double to) {
    this.words = words;
    this.factor = factor;
    this.from = from;
    this.to = to;
  }

  /** Its place in a prompt. */
  public String words() {
    return words;
  }

  /** The factor whose range it narrows. */
  public Factor factor() {
    return factor;
  }

  /** A value of the whole range, 0 to 1, brought into the part this hint leaves. */
  double narrow(double value) {
    return from + (to - from) * value;
  }
}
