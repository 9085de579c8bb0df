package dev.dualprocess.hub;

/**
 * Whoever watches a download. Files arrive several at a time: every method may be called by any
 * thread, and by several at once.
 */
public interface HubListener {
  /** A listener that hears nothing. */
  HubListener NONE = new HubListener() {};

  /**
   * The download begins.
   *
   * @param total bytes of all wanted files
   * @param present bytes of them that are on the disk already
   */
  default void begins(long total, long present) {}

  /** More bytes are on the disk; less than zero where a file starts again. */
  default void arrived(long bytes) {}

  /** A file is whole and its checksum right. */
  default void finished(RepoFile file) {}

  /** Something went wrong that will be tried again, or another process is waited for. */
  default void waits(String why) {}
}
