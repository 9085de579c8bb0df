package dev.dualprocess.vqa;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A stretch of a prompt that an image's tokens take, side by side.
 *
 * @param start index of the first of them
 * @param length how many there are, 0 without an image
 */
public record ImageSpan(int start, int length) {
  /**
   * Finds an image whose tokens stand side by side.
   *
   * @param imageToken holds the place of one of the image's tokens
   * @param length how many tokens the image has
   * @throws IllegalArgumentException if the prompt has not exactly these
   */
  public static ImageSpan of(long[] inputIds, ImageToken imageToken, int length) {
    return all(inputIds, imageToken, length, 1).get(0);
  }

  /**
   * Finds the runs of an image's tokens, in their order.
   *
   * @param tokens how many tokens the image has
   * @param runs how many runs of equal length they stand in
   */
  static List<ImageSpan> all(long[] inputIds, ImageToken imageToken, int tokens, int runs) {
    int[] places =
        IntStream.range(0, inputIds.length).filter(i -> inputIds[i] == imageToken.id()).toArray();
    int length = tokens / runs;
    if (places.length == 0 && length == 0) {
      return List.of(new ImageSpan(0, 0));
    }
    if (length == 0 || places.length != tokens || !areRuns(places, length)) {
      throw new IllegalArgumentException(
          "the prompt has %d image tokens, the image %d; a question must not contain '%s'"
              .formatted(places.length, tokens, imageToken.text()));
    }
    return IntStream.range(0, runs)
        .mapToObj(run -> new ImageSpan(places[run * length], length))
        .toList();
  }

  /** Whether the places stand side by side within every run. */
  private static boolean areRuns(int[] places, int length) {
    return IntStream.range(1, places.length)
        .allMatch(i -> i % length == 0 || places[i] == places[i - 1] + 1);
  }

  /** Index of the first token behind them. */
  public int end() {
    return start + length;
  }
}
