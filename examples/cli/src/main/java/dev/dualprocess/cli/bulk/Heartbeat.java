package dev.dualprocess.cli.bulk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/** Touches the file of a try for as long as it goes on; ends the program if it was taken over. */
final class Heartbeat implements AutoCloseable {
  /** The exit code of a process whose job was given to another, which had not heard of it. */
  static final int TAKEN_OVER = 76;

  private final Path file;
  private final Path next;
  private final Thread thread;

  /**
   * Begins.
   *
   * @param next the file that whoever takes the job over makes
   */
  Heartbeat(Path file, Path next) {
    this.file = file;
    this.next = next;
    thread = new Thread(this::beat, "heartbeat");
    thread.setDaemon(true);
    thread.start();
  }

  private void beat() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(Pulse.BEAT.toMillis());
        if (Files.exists(next)) {
          Runtime.getRuntime().halt(TAKEN_OVER);
        }
        touch();
      }
    } catch (InterruptedException e) {
      // The try has ended.
    }
  }

  private void touch() {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      // Others look at it for longer than one beat.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
