package dev.dualprocess.weights;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells what will be asked for next by what was asked for before: a model asks for its weights in
 * the same order in every pass.
 *
 * @param <T> compared by identity
 */
final class Foresight<T> {
  private static final int MOST = 16_384;
  private static final int CONTEXT = 8;

  private final List<T> asked = new ArrayList<>();
  private int at = -1; // where the past went on as the present does, or -1

  /** Notes that this was asked for now. */
  void asked(T now) {
    if (asked.size() == MOST) {
      asked.subList(0, MOST / 2).clear();
      at = at < MOST / 2 ? -1 : at - MOST / 2;
    }
    asked.add(now);
    boolean asBefore = at >= 0 && at + 1 < asked.size() - 1 && asked.get(at + 1) == now;
    at = asBefore ? at + 1 : mostAlike();
  }

  /** Of the earlier times that the same was asked for, the one with most in common before it. */
  private int mostAlike() {
    int last = asked.size() - 1;
    int best = -1;
    int most = 0;
    for (int i = last - 1; i >= 0; i--) {
      int common = common(i, last);
      if (common > most) {
        most = common;
        best = i;
      }
    }
    return best;
  }

  private int common(int i, int last) {
    int n = 0;
    while (n < CONTEXT && n <= i && asked.get(i - n) == asked.get(last - n)) {
      n++;
    }
    return n;
  }

  /** What will be asked for after {@code steps} others; null if nobody can tell. */
  @Nullable T after(int steps) {
    int i = at + 1 + steps;
    return at >= 0 && i < asked.size() ? asked.get(i) : null;
  }
}
