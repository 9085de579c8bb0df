package dev.dualprocess.testing;

import dev.dualprocess.capture.Recorder;

/**
 * Does recorded work again by running it: what a CUDA graph does, on any device. Work that asks the
 * host for something is refused here as there.
 */
public final class Rerun implements Recorder {
  private int recorded;
  private int replayed;
  private int open;

  @Override
  public void rehearse(Runnable work) {
    work.run();
  }

  @Override
  public Recording record(Runnable work) {
    work.run();
    recorded++;
    open++;
    return new Recording() {
      @Override
      public void replay() {
        work.run();
        replayed++;
      }

      @Override
      public void close() {
        open--;
      }
    };
  }

  /** How many pieces of work were recorded. */
  public int recorded() {
    return recorded;
  }

  /** How often any was done again. */
  public int replayed() {
    return replayed;
  }

  /** How many are not closed. */
  public int open() {
    return open;
  }

  @Override
  public void close() {}
}
