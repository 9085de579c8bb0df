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
   * Finds the image in a prompt.
   *
   * @param imageToken holds the place of one of the image's tokens
   * @param image how many tokens the image has, and in how many runs
   * @return the runs, in their order
   * @throws IllegalArgumentException if the prompt has not exactly these
   */
  static List<ImageSpan> all(long[] inputIds, ImageToken imageToken, ImageLayout image) {
    int[] places =
        IntStream.range(0, inputIds.length).filter(i -> inputIds[i] == imageToken.id()).toArray();
    int length = image.tokens() / image.runs();
    if (places.length == 0 && length == 0) {
      return List.of(new ImageSpan(0, 0));
    }
    if (length == 0 || places.length != image.tokens() || !areRuns(places, length)) {
      throw new IllegalArgumentException(
          "the prompt has %d image tokens, the image %d; a question must not contain '%s'"
              .formatted(places.length, image.tokens(), imageToken.text()));
    }
    return IntStream.range(0, image.runs())
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
