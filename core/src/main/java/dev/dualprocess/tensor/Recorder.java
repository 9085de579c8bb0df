package dev.dualprocess.tensor;

/** Records what a device is asked to do, so that it can be asked for all of it at once. */
interface Recorder extends AutoCloseable {
  /** Whether the device has room for what a recording keeps. */
  boolean hasRoom();

  /** Runs {@code body} where recordings are made, so that nothing is set up during one. */
  void rehearse(Runnable body);

  /**
   * Runs {@code body} without doing what it asks the device for.
   *
   * @throws RuntimeException if it asks for what cannot be recorded, such as a number to be read
   */
  Recording record(Runnable body);

  /** Frees what recordings share; they are closed before. */
  @Override
  void close();

  /** What was recorded; the memory that it works in is its own until it is closed. */
  interface Recording extends AutoCloseable {
    /** Asks the device for all of it, in the order of its other work. */
    void replay();

    @Override
    void close();
  }
}
