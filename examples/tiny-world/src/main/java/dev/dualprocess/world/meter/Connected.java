package dev.dualprocess.world.meter;

import java.util.ArrayDeque;
import java.util.Deque;

/** Pixels that hang together by their sides. */
final class Connected {
  private Connected() {}

  /** Whether a pixel belongs to what is looked for; false outside. */
  @FunctionalInterface
  interface Pixels {
    boolean has(int x, int y);
  }

  /** Takes one pixel. */
  @FunctionalInterface
  interface Visitor {
    void visit(int x, int y);
  }

  /** Visits every pixel that hangs together with that one, if it belongs and was not seen. */
  static void from(int x, int y, Pixels pixels, boolean[][] seen, Visitor visitor) {
    Deque<int[]> open = new ArrayDeque<>();
    open.push(new int[] {x, y});
    while (!open.isEmpty()) {
      int[] at = open.pop();
      if (!pixels.has(at[0], at[1]) || seen[at[1]][at[0]]) {
        continue;
      }
      seen[at[1]][at[0]] = true;
      visitor.visit(at[0], at[1]);
      open.push(new int[] {at[0] + 1, at[1]});
      open.push(new int[] {at[0] - 1, at[1]});
      open.push(new int[] {at[0], at[1] + 1});
      open.push(new int[] {at[0], at[1] - 1});
    }
  }
}
