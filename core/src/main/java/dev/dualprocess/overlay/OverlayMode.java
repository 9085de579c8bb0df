package dev.dualprocess.overlay;

/** How a drawing is laid over an image. */
public enum OverlayMode {
  /** White is see-through; every other pixel of the drawing replaces the image's. */
  SOLID,
  /** Drawing and image at 50 % each where nobody says otherwise, white included. */
  TRANSPARENT;

  /** How much of the drawing covers the image where nobody says otherwise, 0 to 1. */
  public double opacity() {
    return this == TRANSPARENT ? 0.5 : 1;
  }
}
