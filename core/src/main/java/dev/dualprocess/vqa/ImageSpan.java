package dev.dualprocess.vqa;

import java.util.stream.IntStream;

/**
 * The stretch of a prompt that an image's tokens take.
 *
 * @param start index of the first of them
 * @param length how many there are, 0 without an image
 */
public record ImageSpan(int start, int length) {
  /**
   * Finds the image in a prompt.
   *
   * @param imageToken holds the place of one of the image's tokens
   * @param length how many tokens the image has
   * @throws IllegalArgumentException if the prompt has not exactly these, side by side
   */
  public static ImageSpan of(long[] inputIds, ImageToken imageToken, int length) {
    int[] places =
        IntStream.range(0, inputIds.length).filter(i -> inputIds[i] == imageToken.id()).toArray();
    if (length == 0 && places.length == 0) {
      return new ImageSpan(0, 0);
    }
    if (length == 0 || places.length != length || places[length - 1] != places[0] + length - 1) {
      throw new IllegalArgumentException(
          "the prompt has %d image tokens, the image %d; a question must not contain '%s'"
              .formatted(places.length, length, imageToken.text()));
    }
    return new ImageSpan(places[0], length);
  }

  /** Index of the first token behind them. */
  public int end() {
    return start + length;
  }
}
