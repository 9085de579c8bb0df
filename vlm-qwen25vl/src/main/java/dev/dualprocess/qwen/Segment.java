package dev.dualprocess.qwen;

import com.google.common.collect.ImmutableList;
import java.util.List;

/**
 * Neighbouring stretches of equal length in a sequence of patches, each attending to itself alone.
 * Segments follow one another and leave no patch out.
 *
 * @param count how many stretches
 * @param length patches in each
 */
public record Segment(long count, long length) {
  /** The whole sequence as one stretch. */
  public static List<Segment> whole(long patches) {
    return List.of(new Segment(1, patches));
  }

  /** {@code segments} for each of {@code batch} images of {@code patches} patches in a row. */
  public static List<Segment> repeated(List<Segment> segments, int batch, long patches) {
    if (segments.size() == 1 && segments.get(0).patches() == patches) {
      Segment one = segments.get(0);
      return List.of(new Segment(one.count() * batch, one.length()));
    }
    ImmutableList.Builder<Segment> all = ImmutableList.builder();
    for (int i = 0; i < batch; i++) {
      all.addAll(segments);
    }
    return all.build();
  }

  /** Windows by their bounds, neighbours of equal length together. */
  public static List<Segment> ofBounds(long[] bounds) {
    ImmutableList.Builder<Segment> segments = ImmutableList.builder();
    int first = 0;
    for (int i = 1; i < bounds.length; i++) {
      long length = bounds[i] - bounds[i - 1];
      if (i == bounds.length - 1 || bounds[i + 1] - bounds[i] != length) {
        segments.add(new Segment(i - first, length));
        first = i;
      }
    }
    return segments.build();
  }

  /** How many patches it covers. */
  public long patches() {
    return count * length;
  }
}
