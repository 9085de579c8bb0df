package dev.dualprocess.qwen25vl;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import dev.dualprocess.qwen.Grid;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The windows of a grid, in which most vision blocks attend: squares of {@code side} x {@code side}
 * image tokens in row-major order, smaller at the right and the bottom edge.
 *
 * @param tokens for each window its image tokens, as indices into the grid's row-major order
 */
record Windows(List<ImmutableIntArray> tokens) {
  Windows {
    tokens = List.copyOf(tokens);
  }

  static Windows of(Grid grid, int side) {
    ImmutableList.Builder<ImmutableIntArray> windows = ImmutableList.builder();
    for (int top = 0; top < grid.tokenRows(); top += side) {
      for (int left = 0; left < grid.tokenColumns(); left += side) {
        windows.add(window(grid, side, top, left));
      }
    }
    return new Windows(windows.build());
  }

  private static ImmutableIntArray window(Grid grid, int side, int top, int left) {
    int bottom = Math.min(top + side, grid.tokenRows());
    int right = Math.min(left + side, grid.tokenColumns());
    return ImmutableIntArray.copyOf(
        IntStream.range(top, bottom)
            .flatMap(r -> IntStream.range(left, right).map(c -> r * grid.tokenColumns() + c)));
  }

  /** These windows with those of equal size side by side, so that they can be computed together. */
  Windows groupedBySize() {
    return new Windows(
        tokens.stream().sorted((a, b) -> Integer.compare(b.length(), a.length())).toList());
  }

  /** The image tokens in the order of the windows. */
  long[] windowIndex() {
    return tokens.stream().flatMapToInt(ImmutableIntArray::stream).asLongStream().toArray();
  }

  /** Where each window starts and the last one ends, counted in patches. */
  long[] cuWindowSeqlens(int patchesPerToken) {
    long[] ends = new long[tokens.size() + 1];
    for (int i = 0; i < tokens.size(); i++) {
      ends[i + 1] = ends[i] + (long) tokens.get(i).length() * patchesPerToken;
    }
    return ends;
  }
}
