package dev.dualprocess.vqa;

/** How a picture from a file is looked at. */
public enum Look {
  /** As a whole, which is what a verifier is shown in training. */
  WHOLE,
  /**
   * In tiles of the size that the model takes, and as a whole: finer detail for as many times the
   * work as there are tiles. Not every family can.
   */
  IN_TILES
}
