package dev.dualprocess.world;

/**
 * What varies continuously from scene to scene; each is uniform from 0 to 1. A generator reads
 * factor k from channel k of its noise.
 */
public enum Factor {
  /** Upper end of the range to its lower end. */
  HORIZON,
  /** Left to right. */
  SUN_X,
  /** Top to horizon. */
  SUN_Y,
  /** Small to large. */
  SUN_SIZE,
  /** Thin to thick. */
  OUTLINE,
  /** Cold to warm. */
  SKY_HUE,
  /** Dark to bright. */
  SKY_BRIGHTNESS,
  /** Cold to warm. */
  GROUND_HUE,
  /** Dark to bright. */
  GROUND_BRIGHTNESS,
  /** Left to right within the left half. */
  LEFT_X,
  /** Far to near. */
  LEFT_NEARNESS,
  /** Left to right within the right half. */
  RIGHT_X,
  /** Far to near. */
  RIGHT_NEARNESS,
  /** The colour of roofs, crowns and sails. */
  THING_HUE,
  /** Where waves, dunes and ridges begin. */
  PHASE,
  /** How high a ridge is. */
  RIDGE,
  /** How strongly a tone colours the picture. */
  TONE_STRENGTH;

  /** Its place among a scene's factors, and the channel of the noise that it is read from. */
  @SuppressWarnings("EnumOrdinal") // the order of this list is the layout of trained weights
  public int channel() {
    return ordinal();
  }
}
