package dev.dualprocess.world;

/**
 * A rectangle around a thing, in pixels of a picture.
 *
 * @param x its left edge
 * @param y its upper edge
 */
public record Frame(double x, double y, double width, double height) {
  /** One of that middle and size. */
  public static Frame around(double middleX, double middleY, double width, double height) {
    return new Frame(middleX - width / 2, middleY - height / 2, width, height);
  }

  /** Across. */
  public double middleX() {
    return x + width / 2;
  }

  /** Down. */
  public double middleY() {
    return y + height / 2;
  }

  /** The row of its lower edge. */
  public double foot() {
    return y + height;
  }

  /** Whether the middle of another lies within. */
  public boolean holdsMiddleOf(Frame other) {
    return Math.abs(other.middleX() - middleX()) < width / 2
        && Math.abs(other.middleY() - middleY()) < height / 2;
  }

  /** Pixels between the middles of two frames. */
  public double distance(Frame other) {
    return Math.hypot(middleX() - other.middleX(), middleY() - other.middleY());
  }
}
