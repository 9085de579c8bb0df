package dev.dualprocess.text.json;

/** How many times as long a text may become by the steps of a chain, one after the other. */
final class Growth {
  private static final long MOST = 128;

  private long times = 1;

  /** One more step, which makes of each character at most {@code factor}. */
  void by(Part step, long factor) {
    times *= Math.max(1, Math.min(factor, MOST + 1));
    if (times > MOST) {
      throw step.broken("may make a text more than %d times as long".formatted(MOST));
    }
  }
}
