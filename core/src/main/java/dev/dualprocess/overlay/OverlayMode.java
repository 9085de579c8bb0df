package dev.dualprocess.overlay;

/** How a drawing is laid over an image. */
public enum OverlayMode {
  /** White is see-through; every other pixel of the drawing replaces the image's. */
  SOLID,
  /** Drawing and image at 50 % each, white included. */
  TRANSPARENT
}
