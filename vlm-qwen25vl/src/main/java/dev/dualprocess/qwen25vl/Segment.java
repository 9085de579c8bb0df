package dev.dualprocess.qwen25vl;

import com.google.common.collect.ImmutableList;
import java.util.List;

/**
 * Neighbouring stretches of equal length in a sequence of patches, each attending to itself alone.
 *
 * @param start the first patch
 * @param count how many stretches
 * @param length patches in each
 */
record Segment(long start, long count, long length) {
  /** The whole sequence as one stretch. */
  static List<Segment> whole(long patches) {
    return List.of(new Segment(0, 1, patches));
  }

  /** Windows by their bounds, neighbours of equal length together. */
  static List<Segment> ofBounds(long[] bounds) {
    ImmutableList.Builder<Segment> segments = ImmutableList.builder();
    int first = 0;
    for (int i = 1; i < bounds.length; i++) {
      long length = bounds[i] - bounds[i - 1];
      if (i == bounds.length - 1 || bounds[i + 1] - bounds[i] != length) {
        segments.add(new Segment(bounds[first], i - first, length));
        first = i;
      }
    }
    return segments.build();
  }

  /** How many patches it covers. */
  long patches() {
    return count * length;
  }
}
