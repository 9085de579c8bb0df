package dev.dualprocess.capture;

/**
 * Records what a device is asked to do. All recordings of one recorder may use the same memory for
 * what lies between their inputs and results, so they are replayed one after the other, and those
 * that were recorded as parts of one pass in that order. Used by one thread.
 */
public interface Recorder extends AutoCloseable {
  /**
   * Runs {@code work} where it will be recorded, so that all that is made on first use is there.
   * Work may be run any number of times.
   */
  void rehearse(Runnable work);

  /**
   * Records {@code work}, which asks the device alone: it neither reads from it nor copies to it.
   * Recording may leave the work undone.
   *
   * @throws RuntimeException if that cannot be recorded; nothing is left behind
   */
  Recording record(Runnable work);

  /** Frees what is left; recordings are closed before. */
  @Override
  void close();

  /** Recorded work. */
  interface Recording extends AutoCloseable {
    /** Does the work again, on the memory it was recorded with, with what that holds now. */
    void replay();

    /** Forgets it, and frees the memory that it alone used. */
    @Override
    void close();
  }
}
